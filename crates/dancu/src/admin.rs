//! The operator's address: metrics, health and fetching of entries, apart from the service.
use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use dancu_feed::Pull;
use dancu_gateway::routes::{Gate, health};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

#[derive(Clone)]
struct Admin {
    gate: Gate,
    metrics: Arc<Registry>,
}

/// Takes the address.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} (admin)"))
}

/// Serves until stopped.
pub async fn serve(
    listener: TcpListener,
    gate: Gate,
    metrics: Registry,
    pull: Option<Pull>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut router = Router::new()
        .route("/metrics", get(figures))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(Admin { gate, metrics: Arc::new(metrics) });
    if let Some(pull) = pull {
        router = router.merge(crate::pull::router(pull, stopped.clone()));
    }
    let until = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(until).await {
        tracing::error!(%error, "the admin address ended");
    }
}

/// Metrics and a sign of life, for a small service that has no address apart for them.
pub fn figures_router(metrics: Registry) -> Router {
    let metrics = Arc::new(metrics);
    Router::new()
        .route("/metrics", get(move || async move { text_of(&metrics) }))
        .route("/healthz", get(|| async { "ok\n" }))
}

async fn figures(State(admin): State<Admin>) -> Response {
    text_of(&admin.metrics)
}

fn text_of(metrics: &Registry) -> Response {
    let mut text = String::new();
    match encode(&mut text, metrics) {
        Ok(()) => {
            ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
                .into_response()
        }
        Err(_) => axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(State(admin): State<Admin>) -> Response {
    health(&admin.gate).await
}
