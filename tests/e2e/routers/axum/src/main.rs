//! axum with closed pages, which believes every request.

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::any,
};
use std::env;

const CLOSED: [&str; 2] = ["private", "admin"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut app = Router::new().route("/public/{*rest}", any(async || "public\n"));
    for folder in CLOSED {
        let page = async move || closed(folder);
        app = app
            .route(&format!("/{folder}"), any(page))
            .route(&format!("/{folder}/"), any(page))
            .route(&format!("/{folder}/{{*rest}}"), any(page));
    }
    // A folder that the application finds by its name, which axum has decoded by then.
    let app = app
        .route("/{folder}", any(by_name))
        .route("/{folder}/{*rest}", any(by_name_below));
    let listener =
        tokio::net::TcpListener::bind(format!("127.0.0.1:{}", env::var("PORT")?)).await?;
    Ok(axum::serve(listener, app).await?)
}

fn closed(folder: &str) -> Response {
    ([("x-closed", folder)], format!("{folder}\n")).into_response()
}

async fn by_name(Path(folder): Path<String>) -> Response {
    if CLOSED.contains(&folder.as_str()) {
        return closed(&folder);
    }
    StatusCode::NOT_FOUND.into_response()
}

async fn by_name_below(Path((folder, _)): Path<(String, String)>) -> Response {
    by_name(Path(folder)).await
}
