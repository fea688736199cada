//! A browser in miniature: it keeps cookies, sends forms as our own pages do, and follows no redirect by itself.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, header};

use crate::caller::{TestCaller, TestResponse, send};

const TOKEN: &str = "name=\"csrf\" value=\"";

/// A browser of one person.
#[derive(Debug)]
pub struct TestBrowser {
    peer: Option<SocketAddr>,
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl TestCaller {
    /// A browser in which this person is signed in; an empty one for an anonymous client.
    pub fn browser(&self) -> TestBrowser {
        let session = self.cookie.iter().map(|cookie| (entry::SESSION_COOKIE.to_owned(), cookie.clone()));
        TestBrowser { peer: self.peer, router: self.router.clone(), cookies: Mutex::new(session.collect()) }
    }
}

impl TestBrowser {
    /// The same browser, with its cookies, at another address.
    pub fn moved_to(self, address: &str) -> Self {
        let address: IpAddr = address.parse().expect("an address");
        Self { peer: Some((address, 4_711).into()), ..self }
    }

    /// Keeps a cookie, as an earlier visit would have.
    pub fn with_cookie(self, name: &str, value: &str) -> Self {
        self.cookies().insert(name.to_owned(), value.to_owned());
        self
    }

    /// The names of the cookies that are kept.
    pub fn cookie_names(&self) -> Vec<String> {
        self.cookies().keys().cloned().collect()
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().get(name).cloned()
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Opens a page as whoever sits at the machine itself does.
    pub async fn get_here(&self, path: &str) -> TestResponse {
        self.send(Request::get(path).header(header::HOST, "localhost").body(Body::empty()).expect("a request")).await
    }

    /// Opens `page` and sends its form to `action`, with the attempt and the amount that the form carries.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> TestResponse {
        let opened = self.get(page).await;
        let carried = ["attempt", "expected_minor"].map(|name| (name, opened.carried(action, name)));
        let is_filled = |name| fields.iter().any(|(filled, _)| *filled == name);
        let carried = carried.iter().filter(|(name, _)| !is_filled(*name));
        let carried = carried.filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let all: Vec<(&str, &str)> = carried.chain(fields.iter().copied()).collect();
        self.post(action, &opened.csrf(), &all).await
    }

    /// Sends a form as our own page would, with the token that the last page carried.
    pub async fn post(&self, path: &str, csrf: &str, fields: &[(&str, &str)]) -> TestResponse {
        let mut all = vec![("csrf", csrf)];
        all.extend_from_slice(fields);
        self.post_from(path, "same-origin", &serde_urlencoded::to_string(all).expect("fields are text")).await
    }

    /// Sends a form from a page of `site`, as `Sec-Fetch-Site` names it.
    pub async fn post_from(&self, path: &str, site: &str, body: &str) -> TestResponse {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(body.to_owned()));
        self.send(request.expect("a request")).await
    }

    async fn send(&self, mut request: Request<Body>) -> TestResponse {
        let cookies: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().expect("cookies are plain"));
        }
        let response = send(&self.router, self.peer, request).await;
        self.keep(&response.headers);
        response
    }

    fn keep(&self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().ok().and_then(|cookie| cookie.split_once('=')).expect("a cookie");
            if rest.contains("Max-Age=0") {
                self.cookies().remove(name);
            } else {
                let value = rest.split(';').next().unwrap_or_default();
                self.cookies().insert(name.to_owned(), value.to_owned());
            }
        }
    }

    fn cookies(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().expect("no test panics with it")
    }
}

impl TestResponse {
    /// The text of a page as its reader has it: templates escape slashes and apostrophes.
    pub fn page(&self) -> String {
        self.text().replace("&#x2f;", "/").replace("&#x27;", "'")
    }

    /// The words that say what is wrong with a field; empty where nothing is.
    pub fn fault(&self, field: &str) -> String {
        let page = self.page();
        let beside = page.split(&format!("id=\"{field}-fault\">")).nth(1).and_then(|rest| rest.split_once("<span>"));
        beside.and_then(|(_, words)| words.split("</span>").next()).unwrap_or_default().to_owned()
    }

    /// The attempt of the form that is sent to `action`, if it carries one.
    pub fn attempt_of(&self, action: &str) -> Option<String> {
        self.carried(action, "attempt")
    }

    /// What a hidden field of the form that is sent to `action` holds.
    pub fn carried(&self, action: &str, name: &str) -> Option<String> {
        let page = self.page();
        let form = page.split(&format!("action=\"{action}\"")).nth(1)?.split("</form>").next()?;
        Some(form.split(&format!("name=\"{name}\" value=\"")).nth(1)?.split('"').next()?.to_owned())
    }

    /// What the first input of this name holds.
    pub fn typed(&self, name: &str) -> String {
        let page = self.page();
        let tag = after(&page, &format!("name=\"{name}\"")).split('>').next().unwrap_or_default();
        tag.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    /// The chosen option of a list; empty where none is.
    pub fn chosen(&self, name: &str) -> String {
        let page = self.page();
        let list = after(&page, &format!("name=\"{name}\"")).split("</select>").next().unwrap_or_default();
        let option = list.split_once("\" selected>").map(|(before, _)| before);
        option.and_then(|before| before.rsplit('"').next()).unwrap_or_default().to_owned()
    }

    /// The address of the first form whose address begins so.
    pub fn action(&self, begin: &str) -> String {
        let page = self.page();
        let rest = after(&page, &format!("action=\"{begin}"));
        format!("{begin}{}", rest.split('"').next().unwrap_or_default())
    }

    /// The CSRF token in the forms of this page; empty for a visitor who is not signed in.
    pub fn csrf(&self) -> String {
        let text = self.text();
        let start = text.find(TOKEN).unwrap_or_else(|| panic!("no form in {text}")) + TOKEN.len();
        text[start..].split('"').next().unwrap_or_default().to_owned()
    }
}

fn after<'page>(page: &'page str, mark: &str) -> &'page str {
    page.split_once(mark).unwrap_or_else(|| panic!("no {mark} in {page}")).1
}
