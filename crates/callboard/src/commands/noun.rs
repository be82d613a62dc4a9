//! What is done alike with every noun of the API: add, list, show, change, remove.

use clap::Args;
use serde::Serialize;

use crate::api::{Api, percent_encoded};
use crate::cli::{Alike, Body, Form, ListArgs, OneArgs, PageArgs, Seen, Whole};
use crate::table::Column;

/// A noun: where the API has it, and what a list of it shows.
pub(crate) struct Noun {
    pub(crate) path: &'static str,
    pub(crate) columns: &'static [Column],
    /// What to say when there are none.
    pub(crate) nothing: &'static str,
}

impl Noun {
    /// Where one of them is.
    pub(crate) fn one(&self, id: &str) -> String {
        format!("{}/{}", self.path, percent_encoded(id))
    }

    pub(crate) fn alike<A, C, F>(&self, api: &Api, command: &Alike<A, C, F>) -> anyhow::Result<()>
    where
        A: Args + Form,
        C: Args + Form,
        F: Args + Serialize,
    {
        match command {
            Alike::Add(new) => self.add(api, new.form()?),
            Alike::List(list) => self.list(api, list),
            Alike::Show { id } => self.show(api, id),
            Alike::Change(change) => {
                api.show_one(&api.patch(&self.one(&change.id), &change.patch()?, change.seen.if_match)?);
                Ok(())
            }
        }
    }

    pub(crate) fn whole<A, C, F>(&self, api: &Api, command: &Whole<A, C, F>) -> anyhow::Result<()>
    where
        A: Args + Form,
        C: Args + Form,
        F: Args + Serialize,
    {
        match command {
            Whole::Alike(command) => self.alike(api, command),
            Whole::Remove(one) => self.remove(api, one),
        }
    }

    pub(crate) fn add(&self, api: &Api, new: Body) -> anyhow::Result<()> {
        api.show_one(&api.post(self.path, &new.into())?);
        Ok(())
    }

    pub(crate) fn list<F: Args + Serialize>(&self, api: &Api, list: &ListArgs<F>) -> anyhow::Result<()> {
        self.page(
            api,
            &list.page,
            &[Body::given(&list.filter), Body::given(&list.common), Body::given(&list.period)],
        )
    }

    pub(crate) fn page(&self, api: &Api, page: &PageArgs, filters: &[Body]) -> anyhow::Result<()> {
        api.show_list(&api.list(self.path, page, filters)?, self.columns, self.nothing);
        Ok(())
    }

    pub(crate) fn show(&self, api: &Api, id: &str) -> anyhow::Result<()> {
        api.show_one(&api.get(&self.one(id))?);
        Ok(())
    }

    pub(crate) fn remove(&self, api: &Api, one: &OneArgs) -> anyhow::Result<()> {
        api.delete(&self.one(&one.id), one.seen.if_match)?;
        Ok(())
    }

    /// Asks for something to be done to one, and shows it as it stands then.
    pub(crate) fn act(&self, api: &Api, id: &str, deed: &str, body: Body, seen: &Seen) -> anyhow::Result<()> {
        let path = format!("{}/{deed}", self.one(id));
        api.show_one(&api.act(&path, &body.into(), seen.if_match)?);
        Ok(())
    }
}
