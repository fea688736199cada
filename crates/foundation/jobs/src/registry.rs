//! The registry of all job types and schedules that a server can run.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::Instant;

use crate::queue::{KindTimes, NewJobRow};
use crate::{Attempt, Failure, Job, JobsError, Lane, Recurrence, Recurring, ScheduledTask, TaskRun};

/// All job types that this server knows, and the schedules.
pub struct Registry<Context> {
    kinds: Vec<Kind<Context>>,
    schedules: Vec<Schedule>,
}

/// A job type, type-erased.
pub(crate) struct Kind<Context> {
    pub name: &'static str,
    pub lane: &'static Lane,
    pub time_max: Duration,
    pub wanted_for: Option<Duration>,
    pub is_new: bool,
    pub run: for<'run> fn(&serde_json::Value, &'run Context, &'run Attempt) -> BoxFuture<'run, Result<(), Failure>>,
}

/// A recurring job.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    pub kind: &'static str,
    pub recurrence: Recurrence,
    /// Makes the job of one occurrence.
    pub job_at: fn(Instant) -> Result<NewJobRow, JobsError>,
}

impl<Context: Sync> Registry<Context> {
    /// An empty registry.
    pub const fn new() -> Self {
        Self { kinds: Vec::new(), schedules: Vec::new() }
    }

    /// Registers a job type. Panics if its kind is taken.
    #[must_use]
    pub fn job<J: Job<Context = Context>>(mut self) -> Self {
        assert!(self.find(J::KIND).is_none(), "two jobs are called {}", J::KIND);
        self.kinds.push(Kind {
            name: J::KIND,
            lane: J::LANE,
            time_max: J::TIME_MAX,
            wanted_for: J::WANTED_FOR,
            is_new: J::IS_NEW,
            run: run::<J>,
        });
        self
    }

    /// Registers a job type and its schedule; for each occurrence one server enqueues it.
    #[must_use]
    pub fn recurring<J: Recurring<Context = Context>>(mut self, recurrence: Recurrence) -> Self {
        self.schedules.push(Schedule { kind: J::KIND, recurrence, job_at: job_at::<J> });
        self.job::<J>()
    }

    /// Registers a scheduled task; for each occurrence one server enqueues it.
    #[must_use]
    pub fn task<Task: ScheduledTask<Context = Context>>(self, recurrence: Recurrence) -> Self {
        self.recurring::<TaskRun<Task>>(recurrence)
    }

    /// The kinds that are hidden from the previous release.
    pub fn new_names(&self) -> Vec<&'static str> {
        self.kinds.iter().filter(|kind| kind.is_new).map(|kind| kind.name).collect()
    }

    /// The kinds of all registered jobs.
    pub fn names(&self) -> Vec<&'static str> {
        self.kinds.iter().map(|kind| kind.name).collect()
    }

    /// The lanes of all registered jobs.
    pub fn lanes(&self) -> Vec<&'static Lane> {
        let mut lanes: Vec<&'static Lane> = self.kinds.iter().map(|kind| kind.lane).collect();
        lanes.sort_by_key(|lane| lane.name);
        lanes.dedup_by_key(|lane| lane.name);
        lanes
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Kind<Context>> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    pub(crate) fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// The kinds of one lane, or of all.
    pub(crate) fn times(&self, lane: Option<&Lane>) -> Vec<KindTimes> {
        let kinds = self.kinds.iter().filter(|kind| lane.is_none_or(|lane| lane.name == kind.lane.name));
        kinds.map(|kind| KindTimes { name: kind.name, time_max: kind.time_max, wanted_for: kind.wanted_for }).collect()
    }
}

impl<Context: Sync> Default for Registry<Context> {
    fn default() -> Self {
        Self::new()
    }
}

fn run<'run, J: Job>(
    payload: &serde_json::Value,
    context: &'run J::Context,
    attempt: &'run Attempt,
) -> BoxFuture<'run, Result<(), Failure>> {
    match J::deserialize(payload) {
        Ok(job) => job.run(context, attempt).boxed(),
        // The job is kept as dead; a release that can read it can run it again.
        Err(error) => std::future::ready(Err(Failure::Final(format!("the payload does not fit: {error}")))).boxed(),
    }
}

fn job_at<J: Recurring>(occurrence: Instant) -> Result<NewJobRow, JobsError> {
    NewJobRow::of(&J::at(occurrence), occurrence)
}
