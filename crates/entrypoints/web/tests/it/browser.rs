//! A site on a private schema, and a browser in miniature: it keeps cookies and follows nothing by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use chrono::{TimeZone, Utc};
use database::testing::TestDatabase;
use entry::{Gate, Routes, Site, Throttle, TrustedProxies};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kernel::chance::SeededChance;
use kernel::clock::ManualClock;
use kernel::{Secret, secret};
use tower::ServiceExt as _;

pub struct Browser {
    pub site: Site,
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
    _database: Arc<TestDatabase>,
}

pub struct Shown {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Browser {
    pub async fn new() -> Self {
        let test = TestDatabase::new().await;
        let clock = Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 12, 2, 12, 0, 0).unwrap()));
        let chance = Arc::new(SeededChance::new(7));
        let master: secret::MasterSecret = Secret::new(vec![7; 32]);
        let cards = Arc::new(cards::SandboxCards::new(test.database.clone(), clock.clone(), chance.clone()));
        let site: Site = Arc::new(site::Services::new(site::ServiceParts {
            database: test.database.clone(),
            clock: clock.clone(),
            chance: chance.clone(),
            keys: accounts::Keys::derive(&master),
            hasher: accounts::Hasher::new(1),
            settings: site::Settings {
                public_url: "http://stage.test".to_owned(),
                development: true,
                unpaid_max: None,
                facts_kept_days: 400,
            },
            feeds: Arc::new(feeds::HttpFeedReader::new(true)),
            mailer: Arc::new(mailer::MailboxMailer),
            providers: site::PaymentProviders::new(cards.clone(), Vec::new(), Some(cards)),
        }));
        let gate = Gate::new(site.clone(), Arc::new(Throttle::new(100)), 100, TrustedProxies::default());
        let router = web::router(Routes::new(gate), site.clone()).with_state(site.clone());
        Self { site, router, cookies: Mutex::default(), _database: Arc::new(test) }
    }

    pub async fn get(&self, path: &str) -> Shown {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form as our own page would, with the proof that the last page carried.
    pub async fn post(&self, path: &str, csrf: &str, fields: &[(&str, &str)]) -> Shown {
        let mut all = vec![("csrf", csrf)];
        all.extend_from_slice(fields);
        self.post_from(path, "same-origin", &serde_urlencoded::to_string(all).unwrap()).await
    }

    pub async fn post_from(&self, path: &str, site: &str, body: &str) -> Shown {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(body.to_owned()));
        self.send(request.unwrap()).await
    }

    async fn send(&self, mut request: Request<Body>) -> Shown {
        let cookies =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 5))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.lock().unwrap().remove(name);
            } else {
                self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Shown { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

impl Shown {
    /// The proof in the forms of this page.
    pub fn csrf(&self) -> String {
        let start =
            self.body.find("name=\"csrf\" value=\"").expect("the page has a form") + "name=\"csrf\" value=\"".len();
        self.body[start..].split('"').next().unwrap().to_owned()
    }

    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
