use axum::{Extension, Router};
use edgeward_origin::{EdgewardLayer, Jwks, Keys, Trust, Verified, Verifier};
use std::env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let audience = env::var("EDGEWARD_AUDIENCE")?;
    let trust: Trust = match env::var("EDGEWARD_JWKS") {
        Ok(url) => Jwks::at(&url)?.into(),
        Err(_) => Keys::parse(&env::var("EDGEWARD_KEYS")?)?.into(),
    };
    let edgeward = EdgewardLayer::new(Verifier::new(trust, &audience)?);
    let app = Router::new().fallback(hello).layer(edgeward);
    let listener =
        tokio::net::TcpListener::bind(format!("127.0.0.1:{}", env::var("PORT")?)).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn hello(Extension(asked): Extension<Verified>) -> String {
    let account = asked
        .person()
        .map_or("whoever you are", |person| &person.account);
    format!("Hello, {account}\n")
}
