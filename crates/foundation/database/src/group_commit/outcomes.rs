//! The outcomes of the members of a group, as far as they are known.

/// One entry for each member, in the same order.
#[derive(Debug)]
pub struct Outcomes<Outcome, Error>(Vec<Option<Result<Outcome, Error>>>);

impl<Outcome, Error> Outcomes<Outcome, Error> {
    pub(super) fn new(count: usize) -> Self {
        Self(std::iter::repeat_with(|| None).take(count).collect())
    }

    /// Records the final outcome of the member at `index`: committed or refused.
    pub fn record(&mut self, index: usize, outcome: Result<Outcome, Error>) {
        self.0[index] = Some(outcome);
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = Option<Result<Outcome, Error>>> {
        self.0.into_iter()
    }
}
