use axum::{Extension, Router};
use edgeward_origin::{EdgewardLayer, Verified, Verifier};
use std::env;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::new(&env::var("EDGEWARD_KEYS")?, &env::var("EDGEWARD_AUDIENCE")?)?;
    let app = Router::new()
        .fallback(hello)
        .layer(EdgewardLayer::new(verifier));
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
