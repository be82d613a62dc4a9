//! Someone who calls the platforms' own APIs, and knows how each of them says no.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::jwt::{HS256, sha256, signed_with};
use crate::scene::Scene;
use crate::support::accounts::now;
use crate::wire::Answer;

/// A platform's own API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    Skype,
    LaunchPad,
    HireHive,
    Viasto,
}

use Api::{HireHive, LaunchPad, Skype, Viasto};

/// Someone who calls all four.
pub struct Client {
    pub scene: Scene,
    api_key: String,
    pub api_secret: String,
    tokens: AtomicU64,
}

impl Client {
    pub fn new() -> Self {
        let scene = Scene::set();
        let pair = scene.hub.post("/v1/keys", &json!({"name": "ats", "scope": "admin", "kind": "skype"}));
        let text = |member: &str| pair[member].as_str().unwrap().to_owned();
        let client = Self {
            api_key: text("api_key"),
            api_secret: text("api_secret"),
            scene,
            tokens: AtomicU64::new(0),
        };
        assert_eq!(client.call(Skype, "POST", "/skype/api/interviews", r#"{"code":"C1"}"#).status, 200);
        client
    }

    pub fn claims(&self, body: &[u8]) -> Value {
        let hash = sha256(body);
        let (jti, iat) = (self.tokens.fetch_add(1, Ordering::Relaxed).to_string(), now().as_second());
        json!({"jti": jti, "iss": self.api_key, "iat": iat, "exp": iat + 10, "sub": hash})
    }

    pub fn token(&self, body: &[u8], changed: &Value) -> String {
        let mut claims = self.claims(body);
        claims.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        signed_with(self.api_secret.as_bytes(), HS256, &claims)
    }

    pub fn authorization(&self, api: Api, body: &[u8]) -> String {
        match api {
            Skype => self.token(body, &json!({})),
            LaunchPad => format!("Basic {}", STANDARD.encode(format!("{}:", self.scene.hub.key))),
            HireHive | Viasto => format!("Bearer {}", self.scene.hub.key),
        }
    }

    pub fn call(&self, api: Api, method: &str, path: &str, body: &str) -> Answer {
        let body = self.scene.said(body);
        self.call_as(&self.authorization(api, body.as_bytes()), method, path, body.as_bytes())
    }

    pub fn call_as(&self, authorization: &str, method: &str, path: &str, body: &[u8]) -> Answer {
        let path = path.replace("{com}", &self.scene.company);
        self.scene.ask_with(&[("authorization", authorization.to_owned())], method, &path, body)
    }

    #[track_caller]
    pub fn refused(&self, api: Api, status: u16, method: &str, path: &str, body: &str) {
        assert_refused(api, status, &self.call(api, method, path, body), &format!("{method} {path} {body}"));
    }
}

/// It was refused in that API's shape; 400 stands for anything that is wrong with what was said.
#[track_caller]
pub fn assert_refused(api: Api, status: u16, answer: &Answer, asked: &str) {
    let asked: String = asked.chars().take(300).collect();
    let (said, got) = (answer.json(), answer.status);
    let fits = if status == 400 {
        (400..500).contains(&got) && (got != 401 || api == Viasto)
    } else {
        got == status
    };
    assert!(fits, "{status} was expected, {got} came: {asked} {said}");
    let is_in_shape = match api {
        Skype | LaunchPad => said["error"]["code"].is_string() && said["error"]["message"].is_string(),
        HireHive => !answer.code().is_empty() && said["status"] == got,
        Viasto => {
            said["detail"].is_string() || said.as_object().is_some_and(|it| it.values().all(Value::is_array))
        }
    };
    assert!(is_in_shape, "{asked} {said}");
    assert!(answer.body.len() < 4096, "an answer is not as long as what was asked: {asked}");
}
