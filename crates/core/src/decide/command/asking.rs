//! From commands to one decision: all of them, or none.

use super::{Done, job};
use crate::command::{Asker, Command};
use crate::decide::decision::{Decision, Teller};
use crate::decide::draft::Draft;
use crate::external::{Kind, Name};
use crate::id::{CompanyId, IdMint, Identifier};
use crate::refusal::{Refusal, RefusalCode};
use crate::world::World;

/// Carries out commands that belong together, in order. Pure: the same world, commands, asker and mint give the same.
///
/// The world must hold whatever [`Command::ids`] and [`Command::names`] lead to, and what that is linked to.
pub fn command(
    world: &World,
    commands: &[Command],
    asker: &Asker,
    mint: &mut IdMint,
) -> Result<Decision, Refusal> {
    check_version(world, asker)?;
    let teller = Teller { company: asker.company, source: None, platform: "", received_at: asker.at };
    let mut draft = Draft::new(world, &teller, asker.at, mint);
    for command in commands {
        carry_out(&mut draft, command)?;
    }
    Ok(draft.finish())
}

fn check_version(world: &World, asker: &Asker) -> Done {
    let Some(expected) = &asker.expected else { return Ok(()) };
    let held = world.entity(expected.raw_id).filter(|held| held.company == asker.company);
    match held.map(|held| held.record.version) {
        Some(version) if expected.versions.contains(&version) => Ok(()),
        Some(version) => Err(Refusal::new(
            RefusalCode::OUTDATED,
            format!("it is in version {version} by now; read it again"),
        )),
        None => Ok(()),
    }
}

fn carry_out(draft: &mut Draft<'_>, command: &Command) -> Done {
    match command {
        Command::Job(id, command) => job::carry_out(draft, *id, command),
        _ => Err(Refusal::new(RefusalCode::BAD_FACT, "not built yet")),
    }
}

impl Command {
    /// The numbers of the ids of everything that it speaks of.
    pub fn ids(&self) -> Vec<u64> {
        match self {
            Self::Job(id, _) => vec![id.raw()],
            Self::Candidate(id, _) => vec![id.raw()],
            Self::Application(id, _) => vec![id.raw()],
            Self::Interview(id, _) => vec![id.raw()],
            Self::Feedback(id, _) => vec![id.raw()],
            Self::Note(id, _) => vec![id.raw()],
            Self::Question(id, _) => vec![id.raw()],
            Self::AnswerVideo(id, _) => vec![id.raw()],
            Self::User(id, _) => vec![id.raw()],
            Self::File(id, _) => vec![id.raw()],
        }
    }

    /// The names that it gives, and those by which it may find others: external ids and e-mail addresses.
    pub fn names(&self, company: CompanyId) -> Vec<Name> {
        let _ = (company, Kind::Job);
        Vec::new()
    }
}
