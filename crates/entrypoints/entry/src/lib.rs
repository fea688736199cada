//! What every HTTP entry point shares: the guard that the registry drives, strict extractors, problems, retries, the log.

mod address;
mod client_device;
pub mod compression;
pub mod cookies;
mod credentials;
mod extract;
mod forwarded;
mod guard;
mod headers;
mod load;
mod local;
mod networks;
mod once;
mod passed;
mod problem;
mod routes;
pub mod status;
pub mod telemetry;
mod throttle;
mod traces;

pub use address::ClientAddress;
pub use client_device::ClientDevice;
pub use cookies::SESSION_COOKIE;
pub use extract::{BODY_TIME_MAX, Json, MaybeSignedIn, Path, Query, SignedIn, too_slow};
pub use forwarded::{ForwardedHeader, TrustedProxies};
pub use guard::Gate;
pub use headers::{cookie, protect, protect_document};
pub use local::OnThisMachine;
pub use once::Once;
pub use passed::SessionOver;
pub use problem::{Answer, Problem, ProblemDocument};
pub use routes::Routes;
pub use site::Site;
pub use throttle::Throttle;
