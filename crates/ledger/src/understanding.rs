//! What a request says, as a whole: all of it is taken, or nothing. It is put aside, like one that cannot be read, if it would make
//! a thing larger than it may be, or come to more than one request may (`extent.rs`).

use std::borrow::Cow;

use bytes::Bytes;
use callboard_core::{Before, Decision, MAX_SCORES, Observation, ReceiptId, Remark, decide, quarantined};

use crate::batch::{Outcome, Receipt, Reread};
use crate::deciding::Deciding;
use crate::extent::{Extent, Telling};
use crate::job::{Intake, Recorded, Request};
use crate::ledger::LedgerError;

/// What is said of a request that lists more than [`MAX_SCORES`]: what comes of it would hold up everybody else.
const TOO_MANY_SCORES: &str = "it lists the scores of more than 500 reviewers";

/// What one observation comes to, with which of its things move, and its events as they are told.
struct Considered {
    decision: Decision,
    moved: Vec<bool>,
    told: Vec<Telling>,
}

impl Deciding<'_> {
    pub(crate) fn record(&mut self, request: &Request) {
        let Request { intake, key, .. } = request;
        let id: ReceiptId = self.mint.mint(intake.received_at);
        let mut receipt = Receipt {
            id,
            source: intake.source.id,
            received_at: intake.received_at,
            outcome: Outcome::Understood,
            detail: String::new(),
            remarks: Vec::new(),
            headers: intake.headers.clone(),
            body: Bytes::new(),
            erased: false,
        };
        let mut events = 0;
        if let Some(first) = self.known.first(key) {
            receipt.outcome = Outcome::Duplicate;
            receipt.detail = first.to_string();
        } else {
            self.known.note_seen(key, id);
            self.decided.batch.seen.push((*key, id));
            receipt.body = intake.body.clone();
            self.decided.bytes += receipt.body.len();
            match self.understand(id, intake) {
                Ok(understood) => {
                    (events, receipt.remarks) = understood;
                    receipt.detail.clone_from(&intake.label);
                }
                Err(reason) => {
                    events = self.quarantine(id, intake, &reason);
                    receipt.outcome = Outcome::Quarantined;
                    receipt.detail = reason.into_owned();
                }
            }
        }
        self.decided.recorded.push(Ok(Recorded { receipt: id, outcome: receipt.outcome, events }));
        self.decided.batch.receipts.push(receipt);
    }

    /// Only what is still quarantined is processed again: a second wish for the same comes too late. Nothing comes of one that has
    /// been erased or let go of since it was read.
    pub(crate) fn reprocess(&mut self, receipt: ReceiptId, intake: &Intake) {
        let Some(mut outcome) = self.known.outcome(receipt) else {
            self.decided.recorded.push(Err(LedgerError::Erased));
            return;
        };
        let mut events = 0;
        if outcome == Outcome::Quarantined
            && let Ok((happened, remarks)) = self.understand(receipt, intake)
        {
            (outcome, events) = (Outcome::Understood, happened);
            self.known.note_understood(receipt);
            self.decided.batch.reread.push(Reread { receipt, detail: intake.label.clone(), remarks });
        }
        self.decided.recorded.push(Ok(Recorded { receipt, outcome, events }));
    }

    /// Decides what a request says: how many events came of it, and what is to be remarked; or why nothing is taken of it.
    fn understand<'i>(
        &mut self,
        receipt: ReceiptId,
        intake: &'i Intake,
    ) -> Result<(usize, Vec<String>), Cow<'i, str>> {
        let told = intake.told.as_ref().map_err(|reason| Cow::from(reason.as_str()))?;
        if told.iter().any(|it| it.scores() > MAX_SCORES) {
            return Err(TOO_MANY_SCORES.into());
        }
        let mut before = Vec::new();
        let considered = self.consider(told, intake, &mut before).inspect_err(|_| {
            before.into_iter().rev().for_each(|before| self.world.take_back(before));
        })?;
        let (mut events, mut remarks) = (0, Vec::new());
        for Considered { decision, moved, told } in considered {
            events += told.len();
            remarks.extend(decision.remarks.iter().map(sentence));
            self.put(decision, moved);
            self.tell_all(Some(receipt), told);
        }
        self.point(receipt, intake);
        Ok((events, remarks))
    }

    /// Decides each observation in the world that the ones before it lead to, which is left so. What was there `before` each of
    /// those is noted, so that they can be taken back.
    fn consider(
        &mut self,
        told: &[Observation],
        intake: &Intake,
        before: &mut Vec<Before>,
    ) -> Result<Vec<Considered>, Cow<'static, str>> {
        let (mut considered, mut extent) = (Vec::with_capacity(told.len()), Extent::OF_A_REQUEST);
        let mut rest = told.iter();
        while let Some(observation) = rest.next() {
            let mut decision = decide(self.world, observation, &intake.teller(), self.mint);
            if let Some(reason) = decision.outgrows(self.world) {
                return Err(reason.into());
            }
            let told = self.plan_all(std::mem::take(&mut decision.events), &mut extent)?;
            // The last one is not followed by any that could be in its way.
            if rest.len() > 0 {
                before.push(self.world.before(&decision));
            }
            let moved = self.apply(&decision);
            considered.push(Considered { decision, moved, told });
        }
        Ok(considered)
    }

    /// Tells that a request could not be understood: how many events that makes.
    fn quarantine(&mut self, receipt: ReceiptId, intake: &Intake, reason: &str) -> usize {
        let (company, source) = (intake.source.company, intake.source.id);
        let event = quarantined(company, source, receipt, reason, intake.received_at, self.mint);
        self.happened(Some(receipt), event);
        1
    }
}

fn sentence(remark: &Remark) -> String {
    match remark {
        Remark::Known => "everything it says was known".to_owned(),
        Remark::Late => "older than what is known; only what was missing was taken".to_owned(),
        Remark::Unreconciled(sentence) => sentence.clone(),
    }
}
