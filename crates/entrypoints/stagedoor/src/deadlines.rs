//! How long a connection may send nothing, idle, or leave an answer unread. One timer for each connection looks at counters every
//! now and then, which costs a request nothing but counting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// The time limits of connections.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Until the head of the first request has arrived.
    pub first_request: Duration,
    /// Between two looks; longer than any handler may take. A connection that had no request since the last look is closed. An answer has
    /// at least two rounds to be taken.
    pub round: Duration,
    /// How long a connection that was told to leave has for an orderly end.
    pub leave: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { first_request: Duration::from_secs(5), round: Duration::from_secs(30), leave: Duration::from_secs(5) }
    }
}

/// After so many rounds without a new request, a connection that still takes its last answer is cut.
const ROUNDS_QUIET_MAX: u32 = 4;
/// A connection that was told to leave waits for an answer that is still being made at most so many times [`Deadlines::leave`].
const LEAVES_MAX: u32 = 3;
/// Answers are counted by the round that their request began in: this one, the last one, the one before.
const ROUNDS_COUNTED: u32 = 3;

/// What a connection has done so far.
#[derive(Debug, Default)]
pub struct Pulse {
    requests: AtomicU32,
    writes: AtomicU32,
    /// Whether the socket took nothing when it was last written to: the client does not read.
    is_full: AtomicBool,
    round: AtomicU32,
    open: [AtomicU32; ROUNDS_COUNTED as usize],
}

/// An answer from its request's head until the last of its body is handed to the connection.
#[derive(Debug)]
pub struct OpenAnswer {
    pulse: Arc<Pulse>,
    slot: usize,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is not used, or the server stops: it is told to leave.
    Leave,
    /// It holds what others need.
    Cut,
}

/// The counters at one look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct PulseReading {
    requests: u32,
    writes: u32,
    is_full: bool,
    /// Answers that are not handed over yet.
    open: u32,
    /// Those among them that began before the last round.
    overdue: u32,
}

impl Pulse {
    /// Counts a request whose head has arrived.
    pub fn begin(self: &Arc<Self>) -> OpenAnswer {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let slot = (self.round.load(Ordering::Relaxed) % ROUNDS_COUNTED) as usize;
        self.open[slot].fetch_add(1, Ordering::Relaxed);
        OpenAnswer { pulse: Arc::clone(self), slot }
    }

    /// Answers that are not handed over yet.
    pub fn unread(&self) -> u32 {
        self.open.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Notes whether the socket took what was written.
    pub fn note_write(&self, was_taken: bool) {
        self.is_full.store(!was_taken, Ordering::Relaxed);
        if was_taken {
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Ends the round.
    fn read(&self) -> PulseReading {
        let round = self.round.fetch_add(1, Ordering::Relaxed);
        let count = |round: u32| self.open[(round % ROUNDS_COUNTED) as usize].load(Ordering::Relaxed);
        let overdue = count(round.wrapping_add(1));
        PulseReading {
            requests: self.requests.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            is_full: self.is_full.load(Ordering::Relaxed),
            open: count(round) + count(round.wrapping_add(2)) + overdue,
            overdue,
        }
    }
}

impl Drop for OpenAnswer {
    fn drop(&mut self) {
        self.pulse.open[self.slot].fetch_sub(1, Ordering::Relaxed);
    }
}

/// Watches one connection.
#[derive(Debug)]
pub struct PulseWatch {
    pulse: Arc<Pulse>,
    deadlines: Deadlines,
    last: Option<PulseReading>,
    rounds_quiet: u32,
    is_leaving: bool,
}

impl PulseWatch {
    pub fn new(pulse: Arc<Pulse>, deadlines: Deadlines) -> Self {
        Self { pulse, deadlines, last: None, rounds_quiet: 0, is_leaving: false }
    }

    /// Returns when the connection has to end.
    pub async fn ending(&mut self) -> Ending {
        if self.is_leaving {
            // A request may have arrived before the client was told; it has its time.
            for _ in 0..LEAVES_MAX {
                tokio::time::sleep(self.deadlines.leave).await;
                if self.pulse.unread() == 0 {
                    break;
                }
            }
            return Ending::Cut;
        }
        if self.last.is_none() {
            tokio::time::sleep(self.deadlines.first_request).await;
            if self.pulse.requests.load(Ordering::Relaxed) == 0 {
                return Ending::Cut;
            }
        }
        loop {
            tokio::time::sleep(self.deadlines.round).await;
            let now = self.pulse.read();
            let before = self.last.replace(now).unwrap_or_default();
            self.rounds_quiet = if now.requests == before.requests { self.rounds_quiet + 1 } else { 0 };
            if let Some(ending) = judge(before, now, self.rounds_quiet) {
                return ending;
            }
        }
    }

    /// From now on it has only the time to leave in order.
    pub fn hurry(&mut self) {
        self.is_leaving = true;
    }
}

/// What a round says about a connection.
fn judge(before: PulseReading, now: PulseReading, rounds_quiet: u32) -> Option<Ending> {
    let is_quiet = now.requests == before.requests;
    let takes_answer = now.open > 0 || now.is_full;
    if now.overdue > 0 || rounds_quiet >= ROUNDS_QUIET_MAX {
        return Some(Ending::Cut);
    }
    match (is_quiet, takes_answer) {
        (true, false) => Some(Ending::Leave),
        (true, true) if now.writes == before.writes => Some(Ending::Cut),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: PulseReading = PulseReading { requests: 9, writes: 40, is_full: false, open: 0, overdue: 0 };

    #[test]
    fn a_connection_without_requests_is_told_to_leave() {
        assert_eq!(judge(BUSY, BUSY, 1), Some(Ending::Leave));
        assert_eq!(judge(BUSY, PulseReading { requests: 10, ..BUSY }, 0), None);
        assert_eq!(judge(PulseReading::default(), BUSY, 0), None);
    }

    #[test]
    fn an_answer_may_be_taken_slowly_but_not_left() {
        let slow = PulseReading { is_full: true, ..BUSY };
        assert_eq!(judge(slow, PulseReading { writes: 41, ..slow }, 1), None);
        assert_eq!(judge(slow, slow, 1), Some(Ending::Cut));
        assert_eq!(judge(slow, PulseReading { writes: 41, ..slow }, ROUNDS_QUIET_MAX), Some(Ending::Cut));
        // Other streams of the same connection do not excuse one that is never read.
        let other = PulseReading { requests: 10, writes: 90, open: 1, overdue: 1, ..BUSY };
        assert_eq!(judge(BUSY, other, 0), Some(Ending::Cut));
    }

    #[test]
    fn answers_are_overdue_two_rounds_after_the_one_they_began_in() {
        let pulse = Arc::new(Pulse::default());
        let early = pulse.begin();
        drop(pulse.begin());
        let open = |reading: PulseReading| (reading.requests, reading.open, reading.overdue);
        assert_eq!(open(pulse.read()), (2, 1, 0));
        let late = pulse.begin();
        assert_eq!(open(pulse.read()), (3, 2, 0));
        assert_eq!(open(pulse.read()), (3, 2, 1));
        drop(early);
        assert_eq!(open(pulse.read()), (3, 1, 1));
        drop(late);
        assert_eq!(open(pulse.read()), (3, 0, 0));
    }
}
