//! Puts what earlier steps captured in the place of `{name}`, in every string of a step.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;

use super::Step;

pub(super) type Captured = BTreeMap<String, String>;

pub(super) fn substitute(step: &Step, captured: &Captured) -> Result<Step> {
    let mut value = serde_json::to_value(step)?;
    in_value(&mut value, captured);
    Ok(serde_json::from_value(value)?)
}

fn in_value(value: &mut Value, captured: &Captured) {
    match value {
        Value::String(text) => in_text(text, captured),
        Value::Array(items) => items.iter_mut().for_each(|item| in_value(item, captured)),
        Value::Object(fields) => fields.values_mut().for_each(|field| in_value(field, captured)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn in_text(text: &mut String, captured: &Captured) {
    for (name, value) in captured {
        *text = text.replace(&format!("{{{name}}}"), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_string_of_a_step_is_filled_in() {
        let step: Step = serde_json::from_value(json!({
            "say": "{user} joins",
            "request": {"method": "PATCH", "path": "/Groups/{group}", "body": {"value": ["{user}", 1, "{else}"]}},
            "expect": {"status": 200, "body": {"id": "{group}"}}
        }))
        .unwrap();
        let captured = [("user".into(), "u1".into()), ("group".into(), "g1".into())].into();

        let filled = substitute(&step, &captured).unwrap();

        assert_eq!(filled.request.path, "/Groups/g1");
        assert_eq!(filled.request.body, Some(json!({"value": ["u1", 1, "{else}"]})));
        assert_eq!(filled.expect.body, Some(json!({"id": "g1"})));
    }
}
