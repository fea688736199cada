//! Types that every crate shares: ids, money, what is on offer, time, chance, faults, lists, secrets, texts. No I/O.

pub mod cancellation;
pub mod chance;
pub mod clock;
mod closed_set;
pub mod dated;
pub mod fault;
pub mod fees;
pub mod house_names;
pub mod ids;
pub mod money;
pub mod offering;
pub mod paging;
pub mod people;
pub mod scope;
pub mod secret;
pub mod text;
pub mod track_record;

pub use cancellation::{CancellationPolicy, RefundTier};
pub use chance::{Chance, SeededChance, SystemChance};
pub use clock::{Clock, Instant, ManualClock, SystemClock};
pub use dated::Dated;
pub use fault::{Causes, Fault, FaultKind, FieldFault};
pub use fees::FeeSchedule;
pub use ids::*;
pub use money::{Currency, Money};
pub use offering::{BookingMode, OfferingKind};
pub use paging::{Cursor, Page, PageRequest};
pub use people::{Actor, ActorKind, Role};
pub use scope::Scope;
pub use secret::Secret;
pub use track_record::TrackRecord;
