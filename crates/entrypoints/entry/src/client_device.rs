//! What a request shows of its device and network, for log-ins.

use accounts::commands::Presented;
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::cookies::DEVICE_COOKIE;
use crate::headers::cookie;
use crate::passed::Passed;
use crate::{Answer, ClientAddress, Problem};

/// The device and network that a request comes from.
#[derive(Debug)]
pub struct ClientDevice {
    user_agent: String,
    ip_prefix: String,
    device: Option<String>,
    network_is_spent: bool,
}

/// Whether a request claims to come from a device that somebody has signed in from before. Only their log-in finds out whether that is
/// true.
pub(crate) fn shows_device(headers: &HeaderMap) -> bool {
    cookie(headers, DEVICE_COOKIE).is_some()
}

impl ClientDevice {
    /// As log-ins take it.
    pub fn presented(&self) -> Presented<'_> {
        Presented {
            user_agent: &self.user_agent,
            ip_prefix: &self.ip_prefix,
            device: self.device.as_deref(),
            network_is_spent: self.network_is_spent,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientDevice {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let address = ClientAddress::from_request_parts(parts, state).await?;
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self {
            user_agent: user_agent.unwrap_or_default().to_owned(),
            ip_prefix: address.prefix(),
            device: cookie(&parts.headers, DEVICE_COOKIE).map(str::to_owned),
            network_is_spent: Passed::of(&parts.extensions)?.network_is_spent,
        })
    }
}
