//! Errors as `application/problem+json` (RFC 9457) with a stable code, or, for pages, as something the site can draw.

use std::sync::Arc;

use access::Budget;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::{Causes, Fault, FaultKind, FieldFault};
use serde::Serialize;

use crate::status;

/// What a handler returns.
pub type Answer<T> = Result<T, Problem>;

/// A refusal or failure on its way out.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    pub title: &'static str,
    /// A sentence for people that says what to do.
    pub detail: String,
    pub fields: Vec<FieldFault>,
    /// Facts that help to go on, merged into the document.
    pub extra: Option<serde_json::Value>,
    pub retry_after_s: Option<u64>,
    /// The rate limit that was exceeded, for the `RateLimit` headers.
    pub spent: Option<Box<Budget>>,
}

/// The document as it is sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// `about:blank#<code>`: the code is the type.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// Stable and machine-readable.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// Faults by field, when the input is to blame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldFault>,
    /// More facts, by code: `alternatives` (free times), `current_state`, `refund` (what would be paid back now), `due` (what is to be
    /// paid now).
    #[serde(flatten)]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub extra: Option<serde_json::Value>,
}

impl Problem {
    /// A problem of this kind that no domain error stands behind.
    pub fn new(kind: FaultKind, code: &'static str, detail: impl Into<String>) -> Self {
        let (status, title) = status::of(kind);
        Self {
            status,
            code,
            title,
            detail: detail.into(),
            fields: Vec::new(),
            extra: None,
            retry_after_s: None,
            spent: None,
        }
    }

    /// The same problem with a more specific HTTP status.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same problem with faults by field.
    pub fn with_fields(mut self, fields: Vec<FieldFault>) -> Self {
        self.fields = fields;
        self
    }

    /// The same problem with a time to wait.
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same problem with the rate limit that was exceeded.
    pub fn with_spent(mut self, budget: Budget) -> Self {
        self.spent = Some(Box::new(budget));
        self
    }

    /// The thing asked for is not there, or not for this caller.
    pub fn not_found() -> Self {
        Self::new(
            FaultKind::NotFound,
            "not_found",
            "There is nothing here under this address, or it is not yours to see.",
        )
    }

    /// The caller has to sign in.
    pub fn sign_in_first() -> Self {
        Self::new(FaultKind::SignInFirst, "sign_in_first", "Sign in and try again.")
    }

    /// What an answer refuses, if it does.
    pub fn of(response: &Response) -> Option<&Self> {
        response.extensions().get::<Arc<Self>>().map(Arc::as_ref)
    }

    /// The document for the wire.
    pub fn document(&self) -> ProblemDocument {
        ProblemDocument {
            kind: format!("about:blank#{}", self.code),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
            errors: self.fields.clone(),
            extra: self.extra.clone(),
        }
    }
}

impl<F: Fault> From<F> for Problem {
    fn from(fault: F) -> Self {
        let kind = fault.kind();
        let detail = match kind {
            // Internal details go to the log only.
            FaultKind::Broken => {
                tracing::error!(error = %Causes(&fault), "a request broke");
                "This is our mistake, and it is in our log. Look whether it was done before you send it again."
                    .to_owned()
            }
            FaultKind::Unavailable => {
                tracing::warn!(error = %Causes(&fault), "a neighbour is away");
                "We cannot do this right now. Try again in a few seconds; look whether it was done before you send something new.".to_owned()
            }
            _ => fault.to_string(),
        };
        Self {
            fields: fault.fields(),
            extra: fault.extra(),
            retry_after_s: fault.retry_after_s().or((kind == FaultKind::Unavailable).then_some(2)),
            ..Self::new(kind, fault.code(), detail)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.document()).expect("a problem document is plain data");
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let (Some(budget), Some(seconds)) = (&self.spent, self.retry_after_s) {
            let Budget { name, calls, window_s } = &**budget;
            let policy = format!("\"{name}\";q={calls};w={window_s}");
            let left = format!("\"{name}\";r=0;t={seconds}");
            for (header, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
                headers.insert(header, HeaderValue::try_from(value).expect("a name and numbers are visible"));
            }
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // Middleware of the site turns this into an error page for browsers.
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
