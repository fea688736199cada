//! What the registry says about one entry point.

use kernel::{Role, Scope};

/// The kind of client that an entry point serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// REST under `/api`: bearer token or cookie, JSON, problem+json.
    Api,
    /// A page or a form of the site: cookie, HTML.
    Page,
    /// For monitoring and assets: health, metrics, built files. The caller is not authenticated.
    Machine,
}

/// HTTP methods that the platform uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Whether it may change something.
    pub const fn is_unsafe(self) -> bool {
        !matches!(self, Self::Get)
    }

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call. Ownership of the object is checked where it is loaded; somebody else's object answers 404, as a missing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Anybody.
    Public,
    /// Anybody with a session.
    SignedIn,
    /// Anybody with a session whose address is verified.
    Verified,
    /// Anybody with a session who has at least one of these roles.
    Roles(&'static [Role]),
}

/// The kind of object that the path names, for the generated access test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The path names no object, or one that is public.
    None,
    /// A booking: its customer and its talent's side.
    Booking,
    /// A payment: the payer.
    Payment,
    /// A session: its owner.
    Session,
    /// An API key: its owner.
    ApiKey,
    /// A passkey: its owner.
    Passkey,
    /// A gift card: whoever has or bought it.
    GiftCard,
    /// A purchase of a gift card: its buyer.
    GiftCardOrder,
    /// An external calendar: whoever manages the profile that it belongs to.
    Calendar,
}

/// How often one caller may call: a person or, where nobody is signed in, a network. Log-in, codes, registration and recovery count for
/// both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rate {
    /// Not limited: health checks and hashed assets.
    None,
    /// Reading: 1,200 a minute.
    Read,
    /// Searching: 300 a minute.
    Search,
    /// Changing something: 300 a minute.
    Write,
    /// Guessing a password or a code: 3 a minute, counted for all nodes together.
    Login,
    /// Trying the code of a gift card: 15 an hour that open nothing, counted for all nodes together.
    GiftCode,
    /// Making an account: 3 an hour for one network, counted for all nodes together.
    Register,
    /// Asking for a mail: 3 an hour for one network, counted for all nodes together.
    Recovery,
}

/// The order of load shedding: what comes last in this list is refused first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Payments and health.
    First,
    /// Signing in and booking.
    Second,
    /// Reading.
    Third,
    /// Search and everything heavy.
    Last,
}

/// The most bytes a body may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

/// One entry point. Made with [`Entry::get`] and its siblings; further methods change its defaults.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub surface: Surface,
    pub method: Method,
    /// As the router takes it: `/api/bookings/{id}`.
    pub path: &'static str,
    pub policy: Policy,
    pub guard: Guard,
    /// The scope that an API key needs; without one, only sessions may call.
    pub scope: Option<Scope>,
    pub rate: Rate,
    pub body_limit: BodyLimit,
    /// Time the handler has, in milliseconds.
    pub timeout_ms: u64,
    pub priority: Priority,
    /// Whether the call must carry an `Idempotency-Key`.
    pub idempotent: bool,
    /// Whether staff who have no second factor yet may call it, to set one up.
    pub before_second_factor: bool,
    /// Whether a device that the person has signed in from before may go on where its network has spent its budget.
    pub known_devices_pass: bool,
}

impl Entry {
    const fn new(method: Method, path: &'static str, policy: Policy) -> Self {
        let surface = if starts_with_api(path) { Surface::Api } else { Surface::Page };
        let (rate, body) = if method.is_unsafe() { (Rate::Write, 64 * 1024) } else { (Rate::Read, 0) };
        Self {
            surface,
            method,
            path,
            policy,
            guard: Guard::None,
            scope: None,
            rate,
            body_limit: BodyLimit(body),
            timeout_ms: 10_000,
            priority: if method.is_unsafe() { Priority::Second } else { Priority::Third },
            idempotent: false,
            before_second_factor: false,
            known_devices_pass: false,
        }
    }

    pub const fn get(path: &'static str, policy: Policy) -> Self {
        Self::new(Method::Get, path, policy)
    }

    pub const fn post(path: &'static str, policy: Policy) -> Self {
        Self::new(Method::Post, path, policy)
    }

    pub const fn patch(path: &'static str, policy: Policy) -> Self {
        Self::new(Method::Patch, path, policy)
    }

    pub const fn delete(path: &'static str, policy: Policy) -> Self {
        Self::new(Method::Delete, path, policy)
    }

    /// For monitoring and assets: no authentication, no rate limit.
    pub const fn machine(path: &'static str) -> Self {
        let mut entry = Self::new(Method::Get, path, Policy::Public);
        entry.surface = Surface::Machine;
        entry.rate = Rate::None;
        entry.priority = Priority::First;
        entry
    }

    pub const fn guard(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    pub const fn rate(mut self, rate: Rate) -> Self {
        self.rate = rate;
        self
    }

    pub const fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    pub const fn before_second_factor(mut self) -> Self {
        self.before_second_factor = true;
        self
    }

    pub const fn known_devices_pass(mut self) -> Self {
        self.known_devices_pass = true;
        self
    }

    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Whether `path` matches segment by segment; a parameter matches any segment that is not empty.
    pub fn fits(&self, path: &str) -> bool {
        let (parts, given) = (self.path.split('/'), path.split('/'));
        parts.clone().count() == given.clone().count()
            && parts.zip(given).all(|(part, given)| part == given || (part.starts_with('{') && !given.is_empty()))
    }
}

const fn starts_with_api(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.len() >= 5 && bytes[0] == b'/' && bytes[1] == b'a' && bytes[2] == b'p' && bytes[3] == b'i' && bytes[4] == b'/'
}
