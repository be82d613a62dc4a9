//! One list of facts makes two types: what is *known* of a thing, and what one message *told* about it.
//!
//! Every fact is optional on both sides: no platform tells everything, and a fact that was not told is not a fact
//! that was taken away.

/// Defines an entity and its `…Told` counterpart.
///
/// `links` are what the hub itself works out (which other things this one belongs to); `facts` are what platforms tell.
macro_rules! entity {
    (
        $(#[$doc:meta])*
        $name:ident($id:ty) told as $told:ident
        links { $($(#[$link_doc:meta])* $link:ident: $link_type:ty,)* }
        facts { $($(#[$fact_doc:meta])* $fact:ident: $fact_type:ty,)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name {
            /// Our id for it.
            pub id: $id,
            /// What platforms call it.
            #[serde(default, skip_serializing_if = "crate::external::ExternalIds::is_empty")]
            pub external_ids: crate::external::ExternalIds,
            $(
                $(#[$link_doc])*
                #[serde(default, skip_serializing_if = "crate::entity_macro::is_default")]
                pub $link: $link_type,
            )*
            $(
                $(#[$fact_doc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $fact: Option<$fact_type>,
            )*
            /// Members that have no word here, by platform, as they came.
            #[serde(default, skip_serializing_if = "crate::external::Extra::is_empty")]
            pub extra: crate::external::Extra,
        }

        #[doc = concat!("What one message told about a [`", stringify!($name), "`].")]
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $told {
            $($(#[$fact_doc])* pub $fact: Option<$fact_type>,)*
            /// Members that have no word here, by platform, as they came.
            pub extra: crate::external::Extra,
        }

        impl $told {
            /// Was nothing told at all?
            pub fn is_empty(&self) -> bool {
                $(self.$fact.is_none() &&)* self.extra.is_empty()
            }

            /// Leaves a fact out. Answers whether it was told.
            pub fn forget(&mut self, fact: &str) -> bool {
                match fact {
                    $(stringify!($fact) => self.$fact.take().is_some(),)*
                    _ => false,
                }
            }
        }

        impl $name {
            /// The names of the facts, as in its JSON form.
            pub const FACTS: &'static [&'static str] = &[$(stringify!($fact),)*];

            /// Takes a fact away. Answers what it was, if it was known.
            pub fn clear(&mut self, fact: &str) -> Option<serde_json::Value> {
                match fact {
                    $(stringify!($fact) => {
                        self.$fact.take().map(|old| crate::entity_macro::as_json(Some(&old)))
                    })*
                    _ => None,
                }
            }

            /// One of which nothing is known yet but that it exists.
            pub fn new(id: $id) -> Self {
                Self {
                    id,
                    external_ids: crate::external::ExternalIds::default(),
                    $($link: <$link_type>::default(),)*
                    $($fact: None,)*
                    extra: crate::external::Extra::default(),
                }
            }

            /// Would [`Self::take`] change anything? Compares in place, so that what is known need not be copied to see it.
            pub fn would_take(&self, told: &$told, newer: bool) -> bool {
                $(
                    (told.$fact.is_some()
                        && (newer || self.$fact.is_none())
                        && self.$fact != told.$fact)
                    ||
                )*
                told.extra.iter().any(|(platform, members)| {
                    let known = self.extra.get(platform);
                    (newer || known.is_none()) && known != Some(members)
                })
            }

            /// Takes what was told: all of it when the message is `newer` than what is known, else only what was not
            /// known at all. Answers the facts that changed with their old values (null where there was none).
            pub fn take(&mut self, told: &$told, newer: bool) -> serde_json::Map<String, serde_json::Value> {
                let mut previous = serde_json::Map::new();
                $(
                    if let Some(new) = &told.$fact
                        && (newer || self.$fact.is_none())
                        && self.$fact.as_ref() != Some(new)
                    {
                        previous.insert(stringify!($fact).to_owned(), crate::entity_macro::as_json(self.$fact.as_ref()));
                        self.$fact = Some(new.clone());
                    }
                )*
                for (platform, members) in &told.extra {
                    if (newer || !self.extra.contains_key(platform)) && self.extra.get(platform) != Some(members) {
                        let old = self.extra.insert(platform.clone(), members.clone());
                        previous.insert(format!("extra.{platform}"), old.unwrap_or_default());
                    }
                }
                previous
            }
        }
    };
}

pub(crate) use entity;

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

pub(crate) fn as_json<T: serde::Serialize>(value: Option<&T>) -> serde_json::Value {
    serde_json::to_value(value).expect("facts have text keys only, which is all that JSON asks for")
}
