//! A platform's API on loopback: it answers as it is told to, and notes what it was asked.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::Notify;

pub const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";
const LOGIN: &str = "/api-token-auth/";

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub path: String,
    pub authorization: String,
    pub body: String,
}

/// How a path is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// With this status and this body.
    With(u16, String),
    /// The same, with one header more.
    Header(u16, &'static str, String),
    /// With this body, once it may.
    Held(Arc<Notify>, String),
    /// Never.
    Silence,
}

#[derive(Clone)]
pub struct Platform {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    replies: Arc<Mutex<HashMap<String, VecDeque<Reply>>>>,
    /// How many questions but logins are without an answer, and the most that ever were.
    unanswered: Arc<Mutex<(usize, usize)>>,
}

impl Platform {
    /// A platform that gives out tokens and has nothing else.
    pub async fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let platform =
            Self { url, asked: Arc::default(), replies: Arc::default(), unanswered: Arc::default() };
        platform.has(LOGIN, [Reply::With(200, format!(r#"{{"token":"{TOKEN}"}}"#))]);
        let serving = platform.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let platform = serving.clone();
                let service = service_fn(move |request| platform.clone().answer(request));
                let io = TokioIo::new(stream);
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(io, service));
            }
        });
        platform
    }

    /// Answers a path with these, one after the other, and from then on with the last.
    pub fn has(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap().insert(path.to_owned(), replies.into_iter().collect());
    }

    /// Answers a path with this from now on.
    pub fn says(&self, path: &str, body: impl Into<String>) {
        self.has(path, [Reply::With(200, body.into())]);
    }

    /// Everything that was asked but logins.
    pub fn asked(&self) -> Vec<Asked> {
        self.all().into_iter().filter(|asked| asked.path != LOGIN).collect()
    }

    /// The paths of everything that was asked but logins.
    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    pub fn logins(&self) -> Vec<Asked> {
        self.all().into_iter().filter(|asked| asked.path == LOGIN).collect()
    }

    /// The most questions but logins that were without an answer at once.
    pub fn most_at_once(&self) -> usize {
        self.unanswered.lock().unwrap().1
    }

    fn all(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let path = parts.uri.to_string();
        let authorization = parts.headers.get("authorization").map(|it| it.to_str().unwrap().to_owned());
        self.asked.lock().unwrap().push(Asked {
            path: path.clone(),
            authorization: authorization.unwrap_or_default(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        });
        let counts = path != LOGIN;
        if counts {
            let mut unanswered = self.unanswered.lock().unwrap();
            unanswered.0 += 1;
            unanswered.1 = unanswered.1.max(unanswered.0);
        }
        let response = self.answer_to(&path).await;
        if counts {
            self.unanswered.lock().unwrap().0 -= 1;
        }
        Ok(response)
    }

    async fn answer_to(&self, path: &str) -> Response<Full<Bytes>> {
        let response = Response::builder();
        let full = |body: String| Full::new(Bytes::from(body));
        match self.reply(path) {
            Reply::With(status, body) => response.status(status).body(full(body)).unwrap(),
            Reply::Header(status, name, value) => {
                response.status(status).header(name, value).body(full(String::new())).unwrap()
            }
            Reply::Held(may, body) => {
                may.notified().await;
                response.body(full(body)).unwrap()
            }
            Reply::Silence => std::future::pending().await,
        }
    }

    fn reply(&self, path: &str) -> Reply {
        let mut replies = self.replies.lock().unwrap();
        match replies.get_mut(path) {
            Some(replies) if replies.len() > 1 => replies.pop_front().unwrap(),
            Some(replies) => replies[0].clone(),
            None => Reply::With(404, r#"{"detail":"Not found."}"#.to_owned()),
        }
    }
}
