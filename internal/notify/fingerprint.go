package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// difference is what makes one drift another: what would be done to whom, and not what it was before, what it costs or
// which id it bears.
type difference struct {
	Kind    plan.Kind           `json:"kind,omitempty"`
	Guard   directory.GuardName `json:"guard,omitempty"`
	Subject string              `json:"subject"`
	Fields  []value             `json:"fields,omitempty"`
	Add     []string            `json:"add,omitempty"`
	Remove  []string            `json:"remove,omitempty"`
}

type value struct {
	Field plan.Field `json:"field"`
	New   plan.Value `json:"new"`
}

// Fingerprint returns the SHA-256 (hex) of the set of differences of a plan: kinds, subjects, new values, members added and
// removed, and the guards that refuse. Old values, ids, order, notes, cost and every number are left out: the same drift has
// the same fingerprint tomorrow. An empty plan, which is no drift, has none: "".
func Fingerprint(p *plan.Plan) (string, error) {
	if p.Empty() {
		return "", nil
	}
	var set []string
	add := func(d difference) error {
		text, err := json.Marshal(d)
		set = append(set, string(text))
		return err
	}
	for _, a := range p.Actions() {
		d := difference{Kind: a.Kind, Subject: a.Subject}
		if a.Kind.OnUser() {
			d.Subject = string(directory.Email(a.Subject).Key())
		}
		for _, f := range a.Fields {
			d.Fields = append(d.Fields, value{f.Field, f.New})
		}
		slices.SortFunc(d.Fields, func(a, b value) int { return strings.Compare(string(a.Field), string(b.Field)) })
		if a.Members != nil {
			d.Add, d.Remove = keys(a.Members.Add), keys(a.Members.Remove)
		}
		if err := add(d); err != nil {
			return "", fmt.Errorf("fingerprint: %s: %w", a.ID, err)
		}
	}
	for _, g := range p.Refused() {
		if err := add(difference{Guard: g.Guard, Subject: g.Subject}); err != nil {
			return "", fmt.Errorf("fingerprint: %s: %w", g.Guard, err)
		}
	}
	slices.Sort(set)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(set), "\n")))
	return hex.EncodeToString(sum[:]), nil
}

// keys returns members in an order of their own, each as the form of the address that is compared.
func keys(members []plan.Member) []string {
	list := make([]string, len(members))
	for i, m := range members {
		list[i] = string(m.User.Key())
		if list[i] == "" {
			list[i] = nameless(m)
		}
	}
	slices.Sort(list)
	return list
}

// nameless returns how an account without an address is called.
func nameless(m plan.Member) string { return fmt.Sprintf("#%d", m.ID) }
