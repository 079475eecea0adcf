package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// ErrNewerFormat says that a plan was written by a newer version of rollcall.
var ErrNewerFormat = errors.New("plan is of a newer format than this version of rollcall reads")

// Seal returns the plan as it is written: with every list there, so that none is null, and with the digest of all of it.
// The plan itself stays as it is.
func (p *Plan) Seal() (*Plan, error) {
	sealed := *p
	sealed.Basis.Files = list(p.Basis.Files)
	sealed.Summary = p.Summary.Whole()
	sealed.Batches = slices.Clone(list(p.Batches))
	for i := range sealed.Batches {
		b := &sealed.Batches[i]
		b.Actions = slices.Clone(list(b.Actions))
		for j := range b.Actions {
			b.Actions[j] = b.Actions[j].Whole()
		}
	}
	sealed.Manual = slices.Clone(list(p.Manual))
	for i := range sealed.Manual {
		sealed.Manual[i].Action = sealed.Manual[i].Whole()
	}
	sealed.Notes = list(p.Notes)
	sealed.Guards = list(p.Guards)
	digest, err := sealed.digest()
	sealed.Digest = digest
	return &sealed, err
}

// Whole returns the action with its lists there: in JSON they are [] and never null.
func (a Action) Whole() Action {
	if a.Members != nil {
		a.Members = &MemberChange{Add: list(a.Members.Add), Remove: list(a.Members.Remove), Keep: a.Members.Keep}
	}
	return a
}

// Whole returns the summary with every kind, also those that do not occur.
func (s Summary) Whole() Summary {
	all := make(map[Kind]int, len(Kinds()))
	for _, k := range Kinds() {
		all[k] = 0
	}
	maps.Copy(all, s.ByKind)
	s.ByKind = all
	return s
}

// list returns items, or an empty list that is written as [] and not as null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// digest returns the SHA-256 (hex) of the plan as JSON, its own digest left out. What is no text is replaced by the same
// character on both sides of a file, which the encoder spells in two ways.
func (p *Plan) digest() (string, error) {
	bare := *p
	bare.Digest = ""
	text, err := json.Marshal(&bare)
	if err != nil {
		return "", fmt.Errorf("plan can't be written: %w", err)
	}
	sum := sha256.Sum256(bytes.ReplaceAll(text, []byte(`\ufffd`), []byte("\ufffd")))
	return hex.EncodeToString(sum[:]), nil
}

// ReadVersioned reads JSON that names its version, such as a plan or a report, which errors call what. A version above
// known is the error newer.
func ReadVersioned[T any](r io.Reader, what string, known int, newer error) (*T, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var version struct {
		FormatVersion int `json:"format_version"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", what, err)
	}
	if version.FormatVersion > known {
		return nil, fmt.Errorf("%w: %d, and this one reads %d", newer, version.FormatVersion, known)
	}
	if version.FormatVersion < 1 {
		return nil, fmt.Errorf("%s is damaged: it has no format_version", what)
	}
	v := new(T)
	if err := json.Unmarshal(data, v); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", what, err)
	}
	return v, nil
}

// Read returns a plan that was saved as JSON. A newer format is ErrNewerFormat; anything else that is not a plan just as
// it was written is an error that says where: what was approved is what was written.
func Read(r io.Reader) (*Plan, error) {
	p, err := ReadVersioned[Plan](r, "plan", FormatVersion, ErrNewerFormat)
	if err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	switch digest, err := p.digest(); {
	case err != nil:
		return nil, err
	case p.Digest == "" && p.Batches == nil:
		return nil, errors.New("not a plan")
	case p.Digest == "":
		return nil, errors.New("plan is damaged: it has no digest")
	case p.Digest != digest:
		return nil, errors.New("plan is damaged: it was changed after it was saved, since its digest is another one")
	}
	return p, nil
}

// check returns what makes a plan that was read unfit to be approved.
func (p *Plan) check() error {
	actions := 0
	for _, batch := range p.Batches {
		actions += len(batch.Actions)
	}
	if actions != p.Summary.Actions {
		return fmt.Errorf("plan is damaged: its summary counts %d actions, it has %d", p.Summary.Actions, actions)
	}
	if err := CheckActions(p.Actions()); err != nil {
		return fmt.Errorf("plan is damaged: %w", err)
	}
	for _, selector := range p.Scope.Only {
		if !strings.HasPrefix(selector, "user:") && !strings.HasPrefix(selector, "group:") {
			return fmt.Errorf("plan is damaged: its scope has %q", selector)
		}
	}
	return nil
}

// CheckActions returns what makes actions that were read from a file unfit to be looked at any further: a kind that
// nobody knows, an id that is not of the kind and subject or stands there twice, a group or project without members.
func CheckActions(actions []*Action) error {
	seen := make(map[string]bool, len(actions))
	for _, a := range actions {
		switch {
		case !slices.Contains(Kinds(), a.Kind):
			return fmt.Errorf("action %q is of the unknown kind %q", a.ID, a.Kind)
		case a.Subject == "" || a.ID == "" || seen[a.ID]:
			return fmt.Errorf("action %q has no subject, no id, or stands there twice", a.ID)
		case !isIDOf(a):
			return fmt.Errorf("action %q is about %s %s", a.ID, a.Kind, a.Subject)
		case !a.Kind.OnUser() && a.Members == nil:
			return fmt.Errorf("action %q has no members", a.ID)
		}
		seen[a.ID] = true
	}
	return nil
}

// isIDOf reports whether the id of an action is of its kind and subject, with nothing behind it but the numbers that
// tellApart puts there.
func isIDOf(a *Action) bool {
	rest, ok := strings.CutPrefix(a.ID, idOf(a))
	return ok && (rest == "" || rest[0] == '#' && strings.Trim(rest, "#0123456789") == "")
}
