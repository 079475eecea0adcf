package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// savedFormatVersion is the version of the form of a saved read.
const savedFormatVersion = 1

// savedRead is a live state in a file, to plan against without a network and without a key. It holds no secret: who may
// see the list of users may see it.
type savedRead struct {
	FormatVersion int             `json:"format_version"`
	TakenAt       time.Time       `json:"taken_at"`
	Target        plan.Target     `json:"target"`
	Abilities     plan.Caps       `json:"caps"`
	Live          *directory.Live `json:"live"`
}

// Read returns the live state. It was read with its projects, so that it is enough for every plan.
func (s *savedRead) Read(context.Context, directory.Extent) (*directory.Live, error) {
	return s.Live, nil
}

// ReadMore returns the live state as it is: a saved read has everything.
func (s *savedRead) ReadMore(_ context.Context, live *directory.Live, _ directory.Extent) (*directory.Live, error) {
	return live, nil
}

// Caps returns the abilities of the instance as they were.
func (s *savedRead) Caps() plan.Caps { return s.Abilities }

// save writes the saved read.
func (s *savedRead) save(w io.Writer) error { return render.JSON(w, s) }

// loadSaved reads what save wrote. A file that is no saved read is a usage error.
func loadSaved(file *givenFile) (*savedRead, error) {
	const hint = "`rollcall import --snapshot FILE` writes one"
	path := file.path
	if file.err != nil {
		return nil, usage(hint, "%v", file.err)
	}
	var s savedRead
	if err := json.Unmarshal(file.text, &s); err != nil {
		return nil, usage(hint, "--live %s: not a saved read: %v", path, err)
	}
	switch {
	case s.FormatVersion > savedFormatVersion:
		return nil, usage("update rollcall", "--live %s: format_version %d is newer than this rollcall knows, %d", path, s.FormatVersion, savedFormatVersion)
	case s.FormatVersion < 1 || s.Live == nil || account(s.Live) == "" || s.TakenAt.IsZero() || s.Target.Kind == "" || !s.Live.ProjectsRead:
		return nil, usage(hint, "--live %s: not a saved read", path)
	}
	return &s, nil
}

// checkAge returns an error if a saved read is older than it may be, or from the future.
func (s *savedRead) checkAge(now time.Time, most time.Duration) error {
	const tolerance = 5 * time.Minute // between two clocks
	age := now.Sub(s.TakenAt)
	switch {
	case age < -tolerance:
		return usage("is the clock right?", "saved read was taken in the future, at %s", s.TakenAt.Format(time.RFC3339))
	case age > most:
		return usage("save a new one with `rollcall import --snapshot FILE`, or allow more with --max-age",
			"saved read is %s old, and may be %s", hours(age), hours(most))
	}
	return nil
}

// hours returns a span of time as people say it.
func hours(d time.Duration) string {
	switch d = max(d, 0).Round(time.Minute); {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d%time.Hour == 0 && d <= 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// saved returns the saved read of --live as the source of a plan, after it was held against the roster.
func (r *run) saved(want directory.TargetAssertion) (*savedRead, error) {
	s, err := loadSaved(r.given())
	if err != nil {
		return nil, err
	}
	if err := s.checkAge(r.env.Now(), r.o.maxAge); err != nil {
		return nil, err
	}
	t, err := chooseTool(tools(), r.clues(want.Kind))
	if err != nil {
		return nil, err
	}
	u, err := checkAddress(t, r.o.live, s.Target.URL)
	if err != nil {
		return nil, err
	}
	if s.Target.Simulator {
		r.remark("SIMULATOR: the saved read %s is of a simulator", r.o.live)
	} else if err := matchTarget(t, want, u, r.o.live+" is of"); err != nil {
		return nil, err
	}
	r.remark("live state: saved read of %s, %s old", s.TakenAt.UTC().Format("2006-01-02 15:04 MST"), hours(r.env.Now().Sub(s.TakenAt)))
	return s, nil
}
