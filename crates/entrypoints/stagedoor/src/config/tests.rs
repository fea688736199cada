//! What the configuration takes, and what it refuses.

use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    Config::from_lookup(&|name| pairs.iter().rev().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned()))
}

/// Everything that production demands, and more.
fn production(more: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    let all = [
        ("STAGEDOOR_PUBLIC_URL", "https://stage.example"),
        ("STAGEDOOR_SECRET", "b1946ac92492d2347c6235b4d2611184"),
        ("STAGEDOOR_SMTP_URL", "smtps://mail.example"),
        ("STAGEDOOR_CARDS", "sandbox-that-moves-no-money"),
    ];
    read(&[&all, more].concat())
}

fn is_refused_for(config: Result<Config, ConfigFaults>, name: &str) -> bool {
    let faults = config.expect_err("it is refused").0;
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].contains(name)
}

#[test]
fn nothing_configured_is_development_on_loopback() {
    let config = read(&[]).unwrap();
    assert_eq!(
        (config.mode, config.bind.to_string(), config.public.text),
        (Mode::Development, "127.0.0.1:8080".into(), "http://127.0.0.1:8080".into())
    );
    assert_eq!(read(&[("STAGEDOOR_PUBLIC_URL", "http://localhost:8080")]).unwrap().mode, Mode::Development);
}

#[test]
fn whatever_others_can_reach_is_production() {
    for pair in [
        ("STAGEDOOR_BIND", "0.0.0.0:80"),
        ("STAGEDOOR_BIND", "[::]:80"),
        ("STAGEDOOR_PUBLIC_URL", "http://stage.example"),
        ("STAGEDOOR_PUBLIC_URL", "HTTPS://stage.example"),
        ("STAGEDOOR_PUBLIC_URL", "http://192.168.0.2:8080"),
        ("STAGEDOOR_TRUSTED_PROXIES", "127.0.0.1"),
    ] {
        let faults = read(&[pair]).unwrap_err().to_string();
        assert!(faults.contains("STAGEDOOR_SECRET") && faults.contains("STAGEDOOR_SMTP_URL"), "{pair:?}: {faults}");
        let development = ("STAGEDOOR_MODE", "development");
        assert!(is_refused_for(read(&[pair, development]), "development-shown-to-everybody"), "{pair:?}");
        let meant = read(&[pair, ("STAGEDOOR_MODE", "development-shown-to-everybody")]).unwrap();
        assert_eq!(meant.mode, Mode::Development, "{pair:?}");
    }
    assert_eq!(production(&[]).unwrap().mode, Mode::Production);
    assert_eq!(
        production(&[("STAGEDOOR_PUBLIC_URL", "HTTPS://Stage.Example/")]).unwrap().public.text,
        "https://stage.example"
    );
}

#[test]
fn production_names_what_is_missing_or_weak() {
    assert!(is_refused_for(production(&[("STAGEDOOR_SECRET", "")]), "STAGEDOOR_SECRET"));
    assert!(is_refused_for(production(&[("STAGEDOOR_SECRET", &"a".repeat(32))]), "STAGEDOOR_SECRET"));
    assert!(is_refused_for(production(&[("STAGEDOOR_SMTP_URL", "")]), "STAGEDOOR_SMTP_URL"));
    assert!(is_refused_for(production(&[("STAGEDOOR_CARDS", "")]), "STAGEDOOR_CARDS"));
    assert!(is_refused_for(production(&[("STAGEDOOR_SECRET_PREVIOUS", "aaaa")]), "STAGEDOOR_SECRET_PREVIOUS"));
    let clear = ("STAGEDOOR_SMTP_URL", "smtp://mail.example:25");
    assert!(is_refused_for(production(&[clear]), "STAGEDOOR_SMTP_TLS"));
    assert!(production(&[clear, ("STAGEDOOR_SMTP_TLS", "not-needed-on-this-network")]).is_ok());
    assert!(production(&[("STAGEDOOR_SMTP_URL", "smtp://mail.example:587?tls=required")]).is_ok());
    let plain = ("STAGEDOOR_PUBLIC_URL", "http://stage.example");
    assert!(is_refused_for(production(&[plain]), "https"));
    assert!(is_refused_for(
        production(&[("STAGEDOOR_PUBLIC_URL", "https://stage.example/site")]),
        "STAGEDOOR_PUBLIC_URL"
    ));
}

#[test]
fn a_database_across_the_network_is_spoken_to_with_tls() {
    let with = |url: &str, more: &[(&str, &str)]| production(&[&[("DATABASE_URL", url)], more].concat());
    let clear = "postgres://stagedoor@db.example/stagedoor";
    assert!(is_refused_for(with(clear, &[]), "DATABASE_URL"));
    assert!(with(&format!("{clear}?sslmode=verify-full"), &[]).is_ok());
    assert!(with("postgres://stagedoor@localhost/stagedoor", &[]).is_ok());
    assert!(with(clear, &[("STAGEDOOR_DATABASE_TLS", "not-needed-on-this-network")]).is_ok());
    assert!(is_refused_for(
        with("postgres://a@localhost/b", &[("STAGEDOOR_DATABASE_TLS", "off")]),
        "STAGEDOOR_DATABASE_TLS"
    ));
    assert!(read(&[("DATABASE_URL", clear)]).is_ok(), "development may");
}

#[test]
fn production_refuses_the_default_demo_password() {
    assert!(is_refused_for(production(&[("STAGEDOOR_DEMO", "lite")]), "STAGEDOOR_DEMO_PASSWORD"));
    assert!(production(&[("STAGEDOOR_DEMO", "lite"), ("STAGEDOOR_DEMO_PASSWORD", "one of our own")]).is_ok());
    assert!(production(&[]).unwrap().open_logins().is_some(), "`stagedoor demo` asks as well");
}

#[test]
fn proxies_are_addresses_and_networks_but_not_everybody() {
    let proxies = |list: &str| production(&[("STAGEDOOR_TRUSTED_PROXIES", list)]);
    let config = proxies("10.0.0.1, 192.168.7.9/16,2001:db8::/32").unwrap();
    for (peer, is_ours) in [("10.0.0.1", true), ("10.0.0.2", false), ("192.168.1.1", true), ("2001:db8::7", true)] {
        assert_eq!(config.proxies.contain(SocketAddr::new(peer.parse().unwrap(), 1)), is_ours, "{peer}");
    }
    for list in ["0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy.example"] {
        assert!(is_refused_for(proxies(list), "STAGEDOOR_TRUSTED_PROXIES"), "{list}");
    }
    assert!(is_refused_for(production(&[("STAGEDOOR_PROXY_HEADER", "via")]), "x-forwarded-for or forwarded"));
}

#[test]
fn all_faults_are_reported_at_once() {
    let faults = read(&[
        ("STAGEDOOR_MODE", "development-shown-to-everybody"),
        ("STAGEDOOR_BIND", "nowhere"),
        ("STAGEDOOR_RATE_FACTOR", "much"),
        ("STAGEDOOR_TRUSTED_PROXIES", "a, 10.0.0.1"),
        ("STAGEDOOR_CONNECTIONS_MAX", "1"),
    ])
    .unwrap_err();
    assert_eq!(faults.0.len(), 4, "{faults}");
}

#[test]
fn a_number_that_would_leave_nothing_is_refused() {
    for (name, value) in [
        ("STAGEDOOR_RATE_FACTOR", "0"),
        ("STAGEDOOR_REQUESTS_MAX", "0"),
        ("STAGEDOOR_DATABASE_CONNECTIONS", "1"),
        ("STAGEDOOR_CONNECTIONS_PER_NETWORK", "0"),
        ("STAGEDOOR_FACTS_KEPT_DAYS", "0"),
        ("STAGEDOOR_GIFT_BATCH_MINOR_MAX", "-1"),
    ] {
        assert!(is_refused_for(read(&[(name, value)]), name), "{name}");
    }
}

#[test]
fn demo_data_is_loaded_only_when_asked_for() {
    let size = |pairs: &[(&str, &str)]| read(pairs).unwrap().demo_size;
    assert_eq!((size(&[]), size(&[("STAGEDOOR_DEMO", "none")])), (None, None));
    assert_eq!(size(&[("STAGEDOOR_DEMO", "lite")]), Some(Size::Lite));
    assert!(read(&[("STAGEDOOR_DEMO", "much")]).unwrap_err().to_string().contains("none, lite, demo or scale"));
}

#[test]
fn an_address_for_help_is_one_that_mail_reaches() {
    let support = |text| read(&[("STAGEDOOR_SUPPORT_EMAIL", text)]).map(|config| config.support_email);
    assert_eq!(support("help@stagedoor.example").unwrap().as_deref(), Some("help@stagedoor.example"));
    assert!(support("the door").unwrap_err().to_string().contains("STAGEDOOR_SUPPORT_EMAIL"));
    assert_eq!(read(&[]).unwrap().support_email, None);
}

#[test]
fn secrets_do_not_print() {
    let hushed = [
        ("DATABASE_URL", "postgres://user:hush@host/db"),
        ("STAGEDOOR_SECRET", "hush-hush"),
        ("STAGEDOOR_SECRET_PREVIOUS", "hush"),
    ];
    assert!(!format!("{:?}", read(&hushed).unwrap()).contains("hush"));
}
