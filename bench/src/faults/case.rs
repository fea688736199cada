//! The faults: what each is called, whether it is tried with the tests, and what tries it.

use crate::FaultOptions;
use crate::faults::arena::Arena;
use crate::faults::outcome::Outcome;
use crate::faults::{postgres, release, server, surroundings};

/// A fault that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCase {
    ConnectionsGoSilent,
    BackendDies,
    DatabaseFreezes,
    ServerKilled,
    UnreadLog,
    UpgradeAndBack,
    OneOfTwoKilled,
    ServerStopped,
    DatabaseKilled,
    SilentMail,
    WrongClock,
    /// Needs a disk, and so a site, of its own.
    FullDisk,
}

impl FaultCase {
    /// In the order in which they are tried.
    pub const ALL: [Self; 12] = [
        Self::ConnectionsGoSilent,
        Self::BackendDies,
        Self::DatabaseFreezes,
        Self::ServerKilled,
        Self::UnreadLog,
        Self::UpgradeAndBack,
        Self::OneOfTwoKilled,
        Self::ServerStopped,
        Self::DatabaseKilled,
        Self::SilentMail,
        Self::WrongClock,
        Self::FullDisk,
    ];

    /// As the table and `--only` name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConnectionsGoSilent => "connections go silent",
            Self::BackendDies => "a backend dies",
            Self::DatabaseFreezes => "the database freezes",
            Self::ServerKilled => "the server is killed",
            Self::UnreadLog => "nobody reads the log",
            Self::UpgradeAndBack => "upgrade and back",
            Self::OneOfTwoKilled => "one of two servers is killed",
            Self::ServerStopped => "the server is stopped",
            Self::DatabaseKilled => "the database is killed",
            Self::SilentMail => "the mail server is silent",
            Self::WrongClock => "the clock is wrong",
            Self::FullDisk => "the disk is full",
        }
    }

    /// Whether it is wanted: by its name, if any is given, and in the short form only if it takes seconds, because that is tried with the
    /// tests.
    pub fn is_wanted(self, options: &FaultOptions) -> bool {
        let is_named = options.only.is_empty() || options.only.iter().any(|only| self.name().contains(only.as_str()));
        is_named && (self.is_short() || !options.short)
    }

    const fn is_short(self) -> bool {
        match self {
            Self::ConnectionsGoSilent
            | Self::BackendDies
            | Self::DatabaseFreezes
            | Self::ServerKilled
            | Self::UnreadLog
            | Self::UpgradeAndBack => true,
            Self::OneOfTwoKilled
            | Self::ServerStopped
            | Self::DatabaseKilled
            | Self::SilentMail
            | Self::WrongClock
            | Self::FullDisk => false,
        }
    }

    /// Tries it on the site that the faults share.
    pub async fn attempt(self, arena: &mut Arena<'_>, options: &FaultOptions) -> anyhow::Result<Outcome> {
        let name = self.name();
        match self {
            Self::ConnectionsGoSilent => postgres::silent(arena, name).await,
            Self::BackendDies => postgres::backend_dies(arena, name).await,
            Self::DatabaseFreezes => postgres::freezes(arena, name, options.short).await,
            Self::ServerKilled => server::killed(arena, name).await,
            Self::UnreadLog => server::unread_log(arena, name).await,
            Self::UpgradeAndBack => release::upgrade_and_back(arena, name, options.previous.as_deref()).await,
            Self::OneOfTwoKilled => server::one_of_two(arena, name).await,
            Self::ServerStopped => server::stopped(arena, name).await,
            Self::DatabaseKilled => postgres::killed(arena, name).await,
            Self::SilentMail => surroundings::silent_mail(arena, name).await,
            Self::WrongClock => surroundings::wrong_clock(arena, name).await,
            Self::FullDisk => surroundings::full_disk(name, options).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::BenchStage;

    #[test]
    fn faults_are_chosen_by_a_part_of_their_name_and_by_how_long_they_take() {
        let wanted = |short, only: &[&str]| {
            let stage = BenchStage { program: PathBuf::new(), scratch: PathBuf::new() };
            let only = only.iter().map(|name| (*name).to_owned()).collect();
            let options = FaultOptions { short, only, previous: None, stage };
            FaultCase::ALL.into_iter().filter(|case| case.is_wanted(&options)).collect::<Vec<_>>()
        };
        assert_eq!(wanted(false, &[]), FaultCase::ALL);
        assert_eq!(wanted(true, &[]), FaultCase::ALL[..6]);
        assert_eq!(wanted(false, &["killed", "log"]).len(), 4);
        assert_eq!(wanted(true, &["killed"]), [FaultCase::ServerKilled]);
    }
}
