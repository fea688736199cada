//! The folders and the system user of a cluster. PostgreSQL refuses to run as root, so a cluster started by root runs as another user.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ClusterError;

/// A socket's path may have 107 bytes, of which PostgreSQL's `/.s.PGSQL.5432` takes some.
const SOCKET_DIR_LENGTH_MAX: usize = 90;

/// The folders of one cluster and the user who owns them.
#[derive(Debug)]
pub struct ClusterHome {
    directory: PathBuf,
    socket_dir: PathBuf,
    user: Option<User>,
    note: Option<String>,
}

/// An unprivileged user, for a server started by root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct User {
    id: u32,
    group: u32,
}

impl ClusterHome {
    /// Creates the folders that are missing.
    pub fn prepare(data_dir: &Path) -> Result<Self, ClusterError> {
        fs::create_dir_all(data_dir).map_err(|error| ClusterError::at(data_dir, error))?;
        let data_dir = fs::canonicalize(data_dir).map_err(|error| ClusterError::at(data_dir, error))?;
        let user = if runs_as_root(&data_dir)? { unprivileged_user() } else { None };
        let mut note = None;
        let mut directory = data_dir.join("postgres");
        if let Some(user) = user {
            open_to_others(&data_dir)?;
            if let Some(closed) = data_dir.ancestors().find(|ancestor| !user.can_enter(ancestor)) {
                directory = Path::new("/var/lib/stagedoor").join(short_name(&data_dir));
                note = Some(format!(
                    "the database lies in {}, because its user may not enter {}",
                    directory.display(),
                    closed.display()
                ));
                fs::create_dir_all("/var/lib/stagedoor").map_err(|error| ClusterError::at(&directory, error))?;
            }
        }
        let mut socket_dir = directory.join("socket");
        if socket_dir.as_os_str().len() > SOCKET_DIR_LENGTH_MAX {
            socket_dir = std::env::temp_dir().join(format!("stagedoor-{}", short_name(&data_dir)));
        }
        let prepared = Self { directory, socket_dir, user, note };
        prepared.own_directory(&prepared.directory)?;
        prepared.own_directory(&prepared.socket_dir)?;
        Ok(prepared)
    }

    /// PostgreSQL's data directory.
    pub fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.directory.join("postgres.log")
    }

    /// The folder of the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// What a person should know about where the data is.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The version of the data, once there is some.
    pub fn data_version(&self) -> Option<String> {
        Some(fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().to_owned())
    }

    /// A command that runs `program` as the owner of the data, in a process group of its own so that Ctrl-C does not reach it. Variables
    /// that may name another server, such as `PGPORT`, are taken out of its environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.directory).process_group(0).env("LC_ALL", "C");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        if let Some(user) = self.user {
            command.uid(user.id).gid(user.group);
        }
        command
    }

    /// The exclusive lock for creating, starting and stopping the cluster; waits for it.
    pub fn lock_starting(&self) -> Result<File, ClusterError> {
        let file = self.open_lock("starting.lock")?;
        file.lock().map_err(|error| ClusterError::at(&self.directory, error))?;
        Ok(file)
    }

    /// The shared lock that every user of the cluster holds.
    pub fn lock_users(&self) -> Result<File, ClusterError> {
        let file = self.open_lock("users.lock")?;
        file.lock_shared().map_err(|error| ClusterError::at(&self.directory, error))?;
        Ok(file)
    }

    /// Creates a folder that only the cluster's user can open.
    pub fn own_directory(&self, directory: &Path) -> Result<(), ClusterError> {
        let failed = |error| ClusterError::at(directory, error);
        if !directory.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
        }
        let Some(user) = self.user else {
            return fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(failed);
        };
        let found = fs::symlink_metadata(directory).map_err(failed)?;
        if found.uid() != user.id && found.is_dir() {
            chown(directory, Some(user.id), Some(user.group)).map_err(failed)?;
        }
        Ok(())
    }

    /// Removes all folders of the cluster.
    pub fn remove(&self) -> Result<(), ClusterError> {
        for directory in [&self.socket_dir, &self.directory] {
            if directory.exists() {
                fs::remove_dir_all(directory).map_err(|error| ClusterError::at(directory, error))?;
            }
        }
        Ok(())
    }

    fn open_lock(&self, name: &str) -> Result<File, ClusterError> {
        let path = self.directory.join(name);
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        opened.map_err(|error| ClusterError::at(&path, error))
    }
}

impl User {
    /// Whether this user may traverse `directory`.
    fn can_enter(self, directory: &Path) -> bool {
        fs::metadata(directory).is_ok_and(|found| {
            let bit = if found.uid() == self.id {
                0o100
            } else if found.gid() == self.group {
                0o010
            } else {
                0o001
            };
            found.mode() & bit != 0
        })
    }
}

/// Whether we run as root. Creating a file and reading its owner is the portable way to find out.
fn runs_as_root(data_dir: &Path) -> Result<bool, ClusterError> {
    let probe = data_dir.join(format!(".probe-{}", std::process::id()));
    let failed = |error| ClusterError::at(data_dir, error);
    let file = File::create(&probe).map_err(failed)?;
    let owner = file.metadata().map_err(failed)?.uid();
    fs::remove_file(&probe).map_err(failed)?;
    Ok(owner == 0)
}

/// The user `postgres` where PostgreSQL's package created it, else `nobody`.
fn unprivileged_user() -> Option<User> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].into_iter().find_map(|name| user_in(&users, name))
}

fn user_in(users: &str, name: &str) -> Option<User> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let found = fields.next()? == name;
        let (id, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        found.then_some(User { id, group })
    })
}

/// Lets the cluster's user traverse our own data folder, whatever the umask was.
fn open_to_others(data_dir: &Path) -> Result<(), ClusterError> {
    let failed = |error| ClusterError::at(data_dir, error);
    let mode = fs::metadata(data_dir).map_err(failed)?.mode();
    fs::set_permissions(data_dir, Permissions::from_mode(mode | 0o011)).map_err(failed)
}

/// A short name for `data_dir`, different for every folder.
fn short_name(data_dir: &Path) -> String {
    // FNV-1a, because the name must not change between builds; the standard hasher does not promise that.
    let hash = data_dir
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_user_by_name() {
        let users = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(user_in(users, "postgres"), Some(User { id: 101, group: 104 }));
        assert_eq!(user_in(users, "nobody"), None);
    }

    #[test]
    fn names_differ_and_stay() {
        assert_eq!(short_name(Path::new("/a/.stagedoor")), short_name(Path::new("/a/.stagedoor")));
        assert_ne!(short_name(Path::new("/a/.stagedoor")), short_name(Path::new("/b/.stagedoor")));
    }
}
