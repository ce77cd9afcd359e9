//! For tower: axum, tonic, hyper.

use core::{
    pin::Pin,
    task::{Context, Poll},
};
use std::sync::Arc;

use http::{Request, Response, StatusCode, header};
use tower_layer::Layer;
use tower_service::Service;

use crate::{reason::Reason, verifier::Verifier};

/// Refuses with 403 what Edgeward did not sign. What it did has a [`Verified`](crate::Verified) among its extensions.
///
/// It belongs outermost. A router that is nested in another sees a shortened URI, for which nothing was signed.
#[derive(Clone, Debug)]
pub struct EdgewardLayer {
    verifier: Arc<Verifier>,
    log: fn(Reason),
}

impl EdgewardLayer {
    /// A layer that says nothing of what it refuses.
    pub fn new(verifier: Verifier) -> Self {
        Self {
            verifier: Arc::new(verifier),
            log: |_| (),
        }
    }

    /// The same, and `log` is told the reason of each refusal.
    #[must_use]
    pub fn with_log(self, log: fn(Reason)) -> Self {
        Self { log, ..self }
    }
}

impl<S> Layer<S> for EdgewardLayer {
    type Service = EdgewardService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        EdgewardService {
            layer: self.clone(),
            inner,
        }
    }
}

/// A service behind [`EdgewardLayer`].
#[derive(Clone, Debug)]
pub struct EdgewardService<S> {
    layer: EdgewardLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for EdgewardService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Send + 'static,
    R: From<&'static str> + Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was asked whether it is ready is the one that is called.
        let clone = self.inner.clone();
        let mut inner = core::mem::replace(&mut self.inner, clone);
        let EdgewardLayer { verifier, log } = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let target = parts
                .uri
                .path_and_query()
                .map_or("", |target| target.as_str());
            match verifier
                .check(parts.method.as_str(), target, &parts.headers)
                .await
            {
                Ok(verified) => {
                    parts.extensions.insert(verified);
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(reason) => {
                    log(reason);
                    Ok(forbidden())
                }
            }
        })
    }
}

fn forbidden<R: From<&'static str>>() -> Response<R> {
    let mut response = Response::new(R::from("Forbidden\n"));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    response
}
