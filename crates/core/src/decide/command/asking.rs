//! From commands to one decision: all of them, or none.

use super::{
    Done, answer_video, application, candidate, feedback, file, interview, job, note, question, user,
};
use crate::command::{Asker, Command};
use crate::decide::decision::{Decision, Teller};
use crate::decide::draft::Draft;
use crate::decide::made_up;
use crate::id::IdMint;
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
    draft.taken_quietly = true;
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
        Command::Candidate(id, command) => candidate::carry_out(draft, *id, command),
        Command::Application(id, command) => application::carry_out(draft, *id, command),
        Command::Interview(id, command) => interview::carry_out(draft, *id, command),
        Command::Feedback(id, command) => feedback::carry_out(draft, *id, command),
        Command::Note(id, command) => note::carry_out(draft, *id, command),
        Command::Question(id, command) => question::carry_out(draft, *id, command),
        Command::AnswerVideo(id, command) => answer_video::carry_out(draft, *id, command),
        Command::User(id, command) => user::carry_out(draft, *id, command),
        Command::File(id, command) => file::carry_out(draft, *id, command),
        Command::Test(endpoint) => {
            made_up::test(draft, endpoint);
            Ok(())
        }
    }
}
