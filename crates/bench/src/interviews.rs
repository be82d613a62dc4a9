//! Interviews as Skype tells them: each walks its stages in order, one signed webhook a step (seed 004).

use bytes::Bytes;
use callboard_core::Timestamp;

use crate::mark::Mark;

struct Stage {
    value: &'static str,
    metadata: &'static str,
}

const fn stage(value: &'static str, metadata: &'static str) -> Stage {
    Stage { value, metadata }
}

/// The stage that an interview is created in, and those that it then walks through, a webhook each.
const WALK: [Stage; 9] = [
    stage("InterviewCreated", "1 - Interview was created"),
    stage("SchedulingTime", "2000 - Pending interviewer time selection"),
    stage("SchedulingTime", "2010 - Pending candidate time selection"),
    stage("SchedulingCompleted", "2200 - Interview time was confirmed"),
    stage("InterviewStarted", "3000 - Two participants have joined"),
    stage("InterviewCompleted", "3200 - Interview was ended by a participant"),
    stage("FeedbackCollecting", "4000 - Pending interviewer feedback"),
    stage("FeedbackCompleted", "4200 - Interviewer submitted feedback"),
    stage("InterviewArchived", "10000 - Interview was archived"),
];
/// The last step of an interview; its webhooks are the steps from 1 to this one.
#[expect(clippy::cast_possible_truncation, reason = "a walk has a few stages")]
pub(crate) const LAST_STEP: u32 = WALK.len() as u32 - 1;

/// An interview on its way through the stages.
#[derive(Debug)]
pub(crate) struct Walk {
    told: Mark,
}

impl Walk {
    /// An interview that nothing has been told of yet.
    pub(crate) fn new(interview: u64) -> Self {
        Self { told: Mark { interview, step: 0, due_ns: 0 } }
    }

    /// The mark of the webhook that comes next.
    pub(crate) fn next(&self, due_ns: u64) -> Mark {
        Mark { interview: self.told.interview, step: self.told.step + 1, due_ns }
    }

    /// The body of the webhook with this mark, in the form of the sample.
    pub(crate) fn body(&self, next: Mark, at: Timestamp) -> Bytes {
        let [before, now] = [self.told, next].map(|mark| (&WALK[mark.step as usize], mark));
        let interview = next.interview;
        format!(
            r#"{{"previousStage":{{"value":"{}","metadata":"{} {}"}},"currentStage":{{"value":"{}","metadata":"{} {}"}},"event":"State","timestamp":"{at:.7}","interviewCode":"1c519c56-1712-1e89-1c3e-{interview:012x}"}}"#,
            before.0.value, before.0.metadata, before.1, now.0.value, now.0.metadata, now.1,
        )
        .into()
    }

    /// The webhook with this mark has been taken. Answers whether the interview goes on.
    pub(crate) fn take(&mut self, mark: Mark) -> bool {
        self.told = mark;
        mark.step < LAST_STEP
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::News;
    use callboard_dialects::dialect;

    use super::*;

    #[test]
    fn each_webhook_of_a_walk_continues_where_the_one_before_it_ended() {
        let skype = dialect("skype").unwrap();
        let (mut walk, mut stands, mut webhooks) = (Walk::new(7), None, 0);
        loop {
            let mark = walk.next(1_000);
            let body = walk.body(mark, "2018-02-26T17:50:17.4862382Z".parse().unwrap());

            let reading = skype.parse(&body).unwrap();

            let [observation] = &reading.observations[..] else { panic!("one webhook tells one thing") };
            let News::Stage { previous, current, .. } = &observation.news else { panic!("it is a stage") };
            assert!(stands.is_none() || stands == *previous);
            assert_eq!(Mark::at_end_of(current.text.as_deref().unwrap()), Some(mark));
            stands = Some(current.clone());
            webhooks += 1;
            if !walk.take(mark) {
                break;
            }
        }
        assert_eq!(webhooks, LAST_STEP);
    }
}
