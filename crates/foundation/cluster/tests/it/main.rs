//! A private cluster is created, shared, survives a killed user, and stops with its last user.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cluster::{Cluster, Purpose};

/// A folder that is removed when the test ends.
struct ClusterFolder(PathBuf);

impl ClusterFolder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("stagedoor-cluster-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    fn postmaster(&self) -> Option<u32> {
        let text = std::fs::read_to_string(self.0.join("postgres/data/postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }
}

impl Drop for ClusterFolder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn kill(process: u32) {
    let status = Command::new("kill").args(["-9", &process.to_string()]).status().expect("kill runs");
    assert!(status.success());
}

fn start(folder: &Path) -> cluster::RunningCluster {
    Cluster::start_for(folder, Purpose::Testing).expect("the cluster starts")
}

#[test]
fn the_last_user_stops_it() {
    let folder = ClusterFolder::new("last");
    let mut one = start(&folder.0);
    assert!(!one.was_running());
    let mut two = start(&folder.0);
    assert!(two.was_running());
    one.stop().expect("leaving is fine");
    assert!(folder.postmaster().is_some(), "somebody still uses it");
    two.stop().expect("it stops");
    assert!(folder.postmaster().is_none());
}

#[test]
fn a_second_start_is_fast() {
    let folder = ClusterFolder::new("fast");
    start(&folder.0).stop().expect("it stops");
    let started = Instant::now();
    let mut again = start(&folder.0);
    assert!(started.elapsed() < Duration::from_secs(2), "took {:?}", started.elapsed());
    again.stop().expect("it stops");
}

#[test]
fn a_killed_server_starts_again() {
    let folder = ClusterFolder::new("killed");
    let first = start(&folder.0);
    kill(folder.postmaster().expect("it runs"));
    let mut second = start(&folder.0);
    assert!(!second.was_running());
    drop(first);
    second.stop().expect("it stops");
    assert!(folder.postmaster().is_none());
}

#[test]
fn a_stale_process_id_of_another_process_is_ignored() {
    let folder = ClusterFolder::new("stale");
    start(&folder.0).stop().expect("it stops");
    let file = folder.0.join("postgres/data/postmaster.pid");
    std::fs::write(&file, format!("{}\n/elsewhere\n1\n5432\n/socket\n\n 1 2\nready\n", std::process::id()))
        .expect("writes");
    let mut again = start(&folder.0);
    assert!(!again.was_running());
    again.stop().expect("it stops");
}

#[test]
fn an_empty_file_of_a_server_that_never_ran_is_no_obstacle() {
    let folder = ClusterFolder::new("empty");
    start(&folder.0).stop().expect("it stops");
    for content in ["", "not a number"] {
        std::fs::write(folder.0.join("postgres/data/postmaster.pid"), content).expect("writes");
        let mut again = start(&folder.0);
        assert!(!again.was_running(), "{content:?}");
        again.stop().expect("it stops");
    }
}

#[test]
fn what_a_killed_first_start_left_is_removed() {
    let folder = ClusterFolder::new("unfinished");
    let left = folder.0.join("postgres/unfinished-1");
    std::fs::create_dir_all(left.join("base")).expect("a folder can be made");
    start(&folder.0).stop().expect("it stops");
    assert!(!left.exists());
}

#[test]
fn destroying_removes_the_files() {
    let folder = ClusterFolder::new("destroyed");
    start(&folder.0).destroy().expect("it goes");
    assert!(!folder.0.join("postgres").exists());
}

#[test]
fn the_error_for_an_unwritable_folder_names_it() {
    let error = Cluster::start(Path::new("/proc/nowhere")).expect_err("nothing can be made there");
    assert!(error.to_string().contains("/proc/nowhere"), "{error}");
}
