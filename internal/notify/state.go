package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"rollcall/internal/plan"
)

// stateVersion is the version of the form of a State, and stateKind tells it from other files.
const (
	stateVersion = 1
	stateKind    = "drift_state"
)

// State is what was told last, and to whom about what. Runs that know it tell the same drift once.
type State struct {
	FormatVersion int         `json:"format_version"`
	Kind          string      `json:"kind"`
	Form          Form        `json:"notify"`
	Target        plan.Target `json:"target"`
	Roster        string      `json:"roster"`
	Scope         plan.Scope  `json:"scope"`
	Fingerprint   string      `json:"fingerprint"` // of the drift that was told; "": in sync
	Changed       time.Time   `json:"changed"`     // since when that is so
}

// ErrOther says that a state is about something else: to go on would tell everything twice, or never.
var ErrOther = errors.New("it is of another run")

// NewState returns the state before anything was told.
func NewState(form Form, target plan.Target, roster string, scope plan.Scope) *State {
	return &State{FormatVersion: stateVersion, Kind: stateKind, Form: form, Target: target, Roster: roster, Scope: scope}
}

// fingerprintForm is the form of a fingerprint, and of none.
var fingerprintForm = regexp.MustCompile(`^([0-9a-f]{64})?$`)

// ReadState returns a saved state. An error says what is wrong with it, and that it is as good as none.
func ReadState(text []byte) (*State, error) {
	s := new(State)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("not a state: %w", err)
	}
	switch {
	case s.Kind != stateKind:
		return nil, errors.New("not a state")
	case s.FormatVersion != stateVersion:
		return nil, fmt.Errorf("a state of format_version %d, and this rollcall knows %d", s.FormatVersion, stateVersion)
	case !fingerprintForm.MatchString(s.Fingerprint):
		return nil, errors.New("a state whose fingerprint is none")
	}
	return s, nil
}

// Bind returns an error that is ErrOther, and says what differs, unless both are about the same target, roster and scope
// and the same form of message.
func (s *State) Bind(now *State) error {
	switch {
	case s.Target != now.Target:
		simulator := ""
		if s.Target.Simulator {
			simulator = "a SIMULATOR of "
		}
		return fmt.Errorf("%w: it is about %s%s %s", ErrOther, simulator, s.Target.Kind, s.Target.URL)
	case s.Roster != now.Roster:
		return fmt.Errorf("%w: it is about the roster %s", ErrOther, s.Roster)
	case s.Form != now.Form:
		return fmt.Errorf("%w: it is about --notify %s", ErrOther, s.Form)
	case !slices.Equal(slices.Sorted(slices.Values(s.Scope.Only)), slices.Sorted(slices.Values(now.Scope.Only))), s.Scope.NoRemovals != now.Scope.NoRemovals:
		return fmt.Errorf("%w: --only or --no-removals was another", ErrOther)
	}
	return nil
}

// Tell returns the state once a drift is told, and whether it is to be told: it is not if it was, and to be in sync is no
// news. A state that stays is returned itself.
//
//	was told    is now      tell    the state
//	nothing     in sync     no      in sync
//	nothing     A           yes     A
//	A           A           no      stays
//	A           B           yes     B
//	A           in sync     no      in sync, so that A is news if it comes back
func (s *State) Tell(fingerprint string, now time.Time) (next *State, tell bool) {
	if s.Fingerprint == fingerprint && !s.Changed.IsZero() {
		return s, false
	}
	other := *s
	other.Fingerprint, other.Changed = fingerprint, now.UTC().Truncate(time.Second)
	return &other, fingerprint != ""
}

// Write writes the state.
func (s *State) Write(w io.Writer) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return err
	}
	_, err := w.Write(text.Bytes())
	return err
}
