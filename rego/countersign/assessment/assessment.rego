# METADATA
# title: Assessment
# description: >-
#   Sorts the requested scopes into those granted, those pending a review and those refused.
#   Each scope is in exactly one of the three.
package countersign.assessment

import data.countersign.catalogue
import data.countersign.grants
import data.countersign.honey
import data.countersign.review
import data.countersign.risk

# METADATA
# title: Scopes the agent may have
# description: Positions of the requested scopes that are granted, in the catalogue, of known risk and not honey.
# custom:
#   id: countersign.assessment.eligible
eligible := ((catalogue.listed & grants.held) & honey.clean) & risk.known

# METADATA
# title: Scopes granted
# description: Positions, in the requested order, of the scopes the agent may have without review.
# custom:
#   id: countersign.assessment.granted
granted := [position |
	some position, _ in input.request.scopes
	position in eligible
	position in review.exempt
]

# METADATA
# title: Scopes pending review
# description: Positions, in the requested order, of the scopes the agent may have after review.
# custom:
#   id: countersign.assessment.pending
pending := [position |
	some position, _ in input.request.scopes
	position in eligible
	not position in review.exempt
]

# METADATA
# title: Scopes the agent may not have
# description: Positions, in the requested order, of all other scopes.
# custom:
#   id: countersign.assessment.refused
refused := [position |
	some position, _ in input.request.scopes
	not position in eligible
]
