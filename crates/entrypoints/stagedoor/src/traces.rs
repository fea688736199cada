//! Sends traces to an OpenTelemetry collector, if the standard `OTEL_…` variables configure one.

use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use hyper_rustls::HttpsConnectorBuilder;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tokio::runtime::Handle;

/// The variables with the collector's address, for all signals or for traces alone.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
const PROTOCOLS: [&str; 2] = ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"];
/// The only supported protocol.
const PROTOCOL: &str = "http/protobuf";
/// How long the collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends the remaining traces when dropped.
pub struct TraceGuard(SdkTracerProvider);

/// Starts the exporter, which runs on a thread of its own; `None` without a collector. Its HTTP calls run on `runtime`.
pub fn start(runtime: &Handle) -> anyhow::Result<Option<(Tracer, TraceGuard)>> {
    let said = |name: &&str| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if !ENDPOINTS.iter().any(said) {
        return Ok(None);
    }
    for name in PROTOCOLS {
        if let Some(protocol) = std::env::var(name).ok().filter(|protocol| protocol != PROTOCOL) {
            anyhow::bail!(
                "{name} is {protocol:?}, but traces are sent as {PROTOCOL}; collectors take that on port 4318"
            );
        }
    }
    let exporter = SpanExporter::builder().with_http().with_http_client(OnRuntime::new(runtime)).build();
    let exporter = exporter.context(
        "traces cannot be sent; OTEL_EXPORTER_OTLP_ENDPOINT should be the address of a collector such as http://127.0.0.1:4318",
    )?;
    let resource = Resource::builder().with_service_name(service_name()).build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    Ok(Some((provider.tracer("stagedoor"), TraceGuard(provider))))
}

fn service_name() -> String {
    std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "stagedoor".to_owned())
}

impl Drop for TraceGuard {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces did not reach the collector");
        }
    }
}

/// An HTTP client that runs its calls on the runtime, because the exporter's thread has none.
#[derive(Debug)]
struct OnRuntime {
    runtime: Handle,
    client: std::sync::Arc<dyn HttpClient>,
}

impl OnRuntime {
    fn new(runtime: &Handle) -> Self {
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Self { runtime: runtime.clone(), client: std::sync::Arc::new(HyperClient::new(connector, PATIENCE, None)) }
    }
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = std::sync::Arc::clone(&self.client);
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}
