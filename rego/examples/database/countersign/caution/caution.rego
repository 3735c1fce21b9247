# METADATA
# title: Caution
# description: An agent that behaves oddly gets scopes of less risk for less time, before it is denied.
package countersign.caution

import data.countersign.catalogue
import data.countersign.config
import data.countersign.score

# METADATA
# title: The anomaly score
# description: Without its honey, which would distinguish a honey scope from any other refused scope.
# custom:
#   id: countersign.caution.anomaly
anomaly := score.unprovoked

# METADATA
# title: As usual
# description: The score is below `caution.from_anomaly`.
# custom:
#   id: countersign.caution.usual
usual if anomaly < config.caution.from_anomaly

# METADATA
# title: Any risk is acceptable
# description: Every scope passes while the agent behaves as usual.
# custom:
#   id: countersign.caution.acceptable_usual
acceptable contains position if {
	usual
	some position, _ in input.request.scopes
}

# METADATA
# title: Small risks are acceptable
# description: Scopes that overlap only entries of the listed risks pass at any score.
# custom:
#   id: countersign.caution.acceptable_risk
acceptable contains position if {
	some position, entries in catalogue.touched
	every entry in entries {
		entry.risk in config.caution.risks
	}
}

# METADATA
# title: No cap while as usual
# description: The lifetime is capped by the risk only.
# custom:
#   id: countersign.caution.no_cap
ttl_caps := [] if usual

# METADATA
# title: A short lifetime while odd
# description: In seconds. A score that cannot be compared leaves this undefined, which denies.
# custom:
#   id: countersign.caution.cap
ttl_caps := [config.caution.ttl_seconds] if anomaly >= config.caution.from_anomaly

# METADATA
# title: Too risky now
# description: Returned for a scope with a risk that is refused at this score.
# custom:
#   id: countersign.caution.too_risky
refusal := {
	"rule": "countersign.caution.too_risky",
	"code": "too_risky_now",
	"message": "The agent behaves unlike itself: only scopes of little risk are granted.",
}
