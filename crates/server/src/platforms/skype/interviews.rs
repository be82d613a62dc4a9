//! `/skype/api/interviews`.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use callboard_dialects::rest::skype::Asked;
use callboard_ledger::Scope;
use serde_json::Value;

use super::calls::Call;
use super::changing::changes;
use super::checking::check;
use super::making::Making;
use super::scene::Scene;
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::{TRIES, is_overtaken};
use crate::problem::codes;

type Answer = Result<Json<Value>, ErrorObject>;
type Code = Result<Path<String>, PathRejection>;

pub(super) async fn create(call: Call) -> Answer {
    let Call { partner, body, .. } = call.require(Scope::Write)?;
    let asked = Asked::read(&body)?;
    check(&asked)?;
    for _ in 0..TRIES {
        let making = Making::prepare(&partner, &asked).await?;
        match partner.carry_out(making.commands, None).await {
            Ok(_) => return Ok(Json(Scene::of(&partner, making.interview).await?.answer())),
            Err(error) if is_overtaken(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(overtaken())
}

pub(super) async fn show(code: Code, call: Call) -> Answer {
    let partner = call.require(Scope::Read)?.partner;
    Ok(Json(Scene::find(&partner, &named(code)).await?.answer()))
}

pub(super) async fn change(code: Code, call: Call) -> Answer {
    let Call { partner, body, .. } = call.require(Scope::Write)?;
    let asked = Asked::read(&body)?;
    check(&asked)?;
    let code = named(code);
    for _ in 0..TRIES {
        let scene = Scene::find(&partner, &code).await?;
        let commands = changes(&partner, &scene, &asked).await?;
        if commands.is_empty() {
            return Ok(Json(scene.answer()));
        }
        match scene.carry_out(&partner, commands).await {
            Ok(()) => return Ok(Json(Scene::of(&partner, scene.interview.id).await?.answer())),
            Err(error) if is_overtaken(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(overtaken())
}

/// What is no text names no interview.
fn named(code: Code) -> String {
    code.map(|Path(code)| code).unwrap_or_default()
}

fn overtaken() -> ErrorObject {
    ErrorObject::new(codes::BUSY, "others keep changing what this request is about")
}
