package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"rollcall/internal/metrics"
)

// maxMetricsFile is how large the metrics of the run before may be, in bytes. They have some thousand.
const maxMetricsFile = 1 << 20

// metricsFlags are the flags of a command that is watched by how often it is run.
func metricsFlags(f *pflag.FlagSet, o *options) {
	f.StringVar(&o.metrics, "metrics", "", "write what was seen to `FILE` for Prometheus, as the textfile collector of node_exporter reads it")
}

// measure is a run of which metrics are written, whatever becomes of it. A nil measure writes none.
type measure struct {
	started time.Time
	file    *pendingFile
	before  metrics.Earlier
	roster  string
}

// beginMeasure begins the file of --metrics, before anything is read of the tool, and reads what the run before wrote.
// Everybody may read it: node_exporter runs as another user, and no name stands in it.
func (r *run) beginMeasure() (*measure, error) {
	if r.o.metrics == "" {
		return nil, nil
	}
	m := &measure{started: r.env.Now(), roster: strings.ToValidUTF8(filepath.Base(r.o.file), "\uFFFD")}
	var err error
	if m.file, err = beginOptional("--metrics", r.o.metrics, shared); err != nil {
		return nil, err
	}
	text, err := readFile(r.o.metrics, maxMetricsFile)
	if err == nil {
		m.before, err = metrics.Read(text, m.roster)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.remark("metrics: %s is taken for none, so that the last success is not known: %v", r.o.metrics, cause(err))
	}
	return m, nil
}

func (m *measure) discard() {
	if m != nil {
		m.file.discard()
	}
}

// end writes the metrics of a run that ended with err.
func (m *measure) end(ctx context.Context, r *run, seen *sighting, err error) error {
	if m == nil {
		return nil
	}
	now := metrics.Run{
		Target: seen.target.URL, Roster: m.roster, Started: m.started, Ended: r.env.Now(), ExitCode: exitCode(overdue(ctx, err)), Plan: seen.plan,
	}
	if in, asked := seen.in.(remote); asked {
		sent := in.Requests()
		now.Requests = sent.Reads + sent.Writes
	}
	if err := m.file.write(func(w io.Writer) error { return metrics.Write(w, now, m.before) }); err != nil {
		return &hintedError{fmt.Errorf("--metrics %w", err), "what was found is shown all the same"}
	}
	return nil
}
