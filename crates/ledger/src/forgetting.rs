//! Looking for what is left of those who are to be forgotten, after what is known to speak of them has been erased.
//!
//! What to look for is stored with the erasure itself, so that a crash in between is made good at the next start.

use callboard_core::SourceId;

use crate::batch::{Change, Search};
use crate::job::Job;
use crate::ledger::{Ledger, LedgerError};
use crate::mentions::Mentions;
use crate::pages::Page;

/// How many requests are erased at once, at the most: others wait meanwhile.
const ERASED_AT_ONCE: usize = 100;

impl Ledger {
    /// Looks for everything that is still to be looked for, erases it, and leaves nothing of it in the store's files. To
    /// be called at the start; [`Ledger::command`] does so after each erasure.
    pub async fn resume_erasures(&self) -> Result<(), LedgerError> {
        let _one_at_a_time = self.forgetting.lock().await;
        let searches = self.read(|reader| reader.searches()).await?;
        for (number, search) in &searches {
            self.search(search).await?;
            self.insist_on(vec![Change::Searched(*number)]).await?;
        }
        if searches.is_empty() { Ok(()) } else { self.insist(Job::Compact).await }
    }

    async fn search(&self, search: &Search) -> Result<(), LedgerError> {
        let mentions = Mentions::of(&search.words);
        let directory = self.directory();
        let of_others = directory.sources().filter(|source| source.company != search.company);
        let of_others: Vec<SourceId> = of_others.map(|source| source.id).collect();
        let mut page = Page::newest(ERASED_AT_ONCE);
        while !mentions.is_empty() {
            let (mentions, of_others) = (mentions.clone(), of_others.clone());
            let found = self.read(move |reader| reader.mentioning(&mentions, &of_others, page)).await?;
            if !found.items.is_empty() {
                self.insist_on(vec![Change::EraseReceipts(search.company, found.items)]).await?;
            }
            match found.next {
                Some(next) => page.before = Some(next),
                None => break,
            }
        }
        Ok(())
    }
}
