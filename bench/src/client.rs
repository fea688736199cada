//! A small HTTP client for scenarios that check each response.

use std::net::Ipv4Addr;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{Client as Legacy, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// The address that calls for somebody else come from, as a proxy's would; figures are not shown to it.
pub const PROXY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A response.
#[derive(Debug, Clone)]
pub struct BenchResponse {
    pub status: StatusCode,
    pub body: Value,
}

/// A client of one server, anonymous or logged in.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    /// The address that a proxy says it calls for.
    address: Option<Ipv4Addr>,
    inner: Legacy<HttpConnector, Full<Bytes>>,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:8080`.
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            token: None,
            address: None,
            inner: Legacy::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// The same as a proxy at [`PROXY`] forwards it for `address`; the server has to trust that one.
    pub fn from(self, address: Ipv4Addr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_local_address(Some(PROXY.into()));
        let inner = Legacy::builder(TokioExecutor::new()).build(connector);
        Self { address: Some(address), inner, ..self }
    }

    /// The same login at another server, with its own connections.
    pub fn at(&self, base: impl Into<String>) -> Self {
        Self { token: self.token.clone(), ..Self::new(base) }
    }

    /// Logs in; later calls carry the token.
    pub async fn log_in(mut self, email: &str, password: &str) -> anyhow::Result<Self> {
        self.token = Some(self.token(email, password, "access_token").await?);
        Ok(self)
    }

    /// Logs in and returns the access token, which the server sends in `field`.
    pub async fn token(&self, email: &str, password: &str, field: &str) -> anyhow::Result<String> {
        let answer = self.post("/api/auth/login", None, &json!({"email": email, "password": password})).await?;
        let token = answer.body[field].as_str();
        Ok(token.with_context(|| format!("{email} could not log in: {}", answer.body))?.to_owned())
    }

    /// Sends `GET path`; any status but success is an error.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.send(Request::get(format!("{}{path}", self.base)), Bytes::new()).await?;
        ensure!(answer.status.is_success(), "{path} was answered {}: {}", answer.status, answer.body);
        Ok(answer.body)
    }

    /// Whether `GET path` succeeds.
    pub async fn answers(&self, path: &str) -> bool {
        self.get(path).await.is_ok()
    }

    /// Sends `POST path`, with an idempotency key if given.
    pub async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> anyhow::Result<BenchResponse> {
        let mut request = Request::post(format!("{}{path}", self.base)).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request, serde_json::to_vec(body)?.into()).await
    }

    async fn send(&self, mut request: http::request::Builder, body: Bytes) -> anyhow::Result<BenchResponse> {
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(address) = self.address {
            request = request.header("x-forwarded-for", address.to_string());
        }
        let response = self.inner.request(request.body(Full::new(body))?).await?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        Ok(BenchResponse { status, body: serde_json::from_slice(&bytes).unwrap_or_else(|_| text()) })
    }
}
