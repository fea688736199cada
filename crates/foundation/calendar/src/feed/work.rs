//! How much one reading may do, and whether it should end early.

/// The most steps of one reading: days looked at and repetitions found. A full calendar needs some hundred thousand.
pub(super) const STEPS_MAX: u32 = 1_000_000;
/// The number of steps between two looks at whether to stop.
const LOOK_EVERY: u32 = 1_024;

/// Why a reading does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The calendar asks for more than one reading may do.
    Spent,
    /// Nobody needs the result any more.
    Stopped,
}

/// What is left to do.
pub(super) struct Work<'stop> {
    steps_left: u32,
    until_look: u32,
    stop: &'stop dyn Fn() -> bool,
}

impl<'stop> Work<'stop> {
    pub fn new(stop: &'stop dyn Fn() -> bool) -> Self {
        Self { steps_left: STEPS_MAX, until_look: 0, stop }
    }

    /// Takes steps off what is left.
    pub fn spend(&mut self, steps: u32) -> Result<(), Halt> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Halt::Spent)?;
        self.look(steps)
    }

    /// Looks whether to stop, for work that the size of the file bounds.
    pub fn look_up(&mut self) -> Result<(), Halt> {
        self.look(1)
    }

    /// How much was done, for tests.
    #[cfg(test)]
    pub const fn steps_taken(&self) -> u32 {
        STEPS_MAX - self.steps_left
    }

    fn look(&mut self, steps: u32) -> Result<(), Halt> {
        if let Some(left) = self.until_look.checked_sub(steps) {
            self.until_look = left;
            return Ok(());
        }
        self.until_look = LOOK_EVERY;
        if (self.stop)() { Err(Halt::Stopped) } else { Ok(()) }
    }
}
