package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// measured is what the browser says of a page in a window.
type measured struct {
	Page     string
	Width    int     // of the window, in CSS pixels
	Scrolls  int     // how far the content is wider
	Texts    int     // pieces of text that were looked at
	Contrast float64 // the least of them
	Least    string  // the text that has it
	Dark     bool
}

// measure runs in a page around the pages: they have no script of their own and forbid it. Folded lists are opened and
// what is far from the window is laid out, so that nothing goes unmeasured.
const measure = `
function channel(c) { c /= 255; return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4) }
function luminance(c) { return 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]) }
function rgba(text) { return text.match(/[\d.]+/g).map(Number) }
function ground(view, e) {
  for (; e; e = e.parentElement) {
    const c = rgba(view.getComputedStyle(e).backgroundColor)
    if (c.length < 4 || c[3] > 0) return c
  }
  return [255, 255, 255]
}
function look(frame) {
  const doc = frame.contentDocument, view = frame.contentWindow, style = doc.createElement('style')
  style.textContent = '.changes > li { content-visibility: visible !important }'
  doc.head.append(style)
  doc.querySelectorAll('details').forEach(d => d.open = true)
  const found = {Page: frame.name, Width: frame.clientWidth, Scrolls: doc.documentElement.scrollWidth - frame.clientWidth,
    Texts: 0, Contrast: 99, Least: '', Dark: view.matchMedia('(prefers-color-scheme: dark)').matches}
  const walk = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT)
  for (let n; n = walk.nextNode();) {
    if (!n.data.trim() || !n.parentElement.getClientRects().length) continue
    const a = luminance(rgba(view.getComputedStyle(n.parentElement).color)), b = luminance(ground(view, n.parentElement))
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    found.Texts++
    if (ratio < found.Contrast) { found.Contrast = ratio; found.Least = n.data.trim().slice(0, 40) }
  }
  return found
}
addEventListener('load', () => {
  const result = document.createElement('pre')
  result.id = 'measured'
  result.textContent = JSON.stringify(Array.from(document.querySelectorAll('iframe'), look))
  document.body.append(result)
})`

// browserLimit ends a browser that hangs.
const browserLimit = 2 * time.Minute

// chromium returns where a browser is, or skips the test.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no chromium is installed: pages are not looked at in a browser (Debian: apt-get install chromium)")
	return ""
}

// browse opens all pages in windows of the widths and returns what was measured.
func browse(t *testing.T, browser string, pages map[string]string, widths []int, flags ...string) []measured {
	t.Helper()
	var around strings.Builder
	fmt.Fprintf(&around, "<!doctype html><meta charset=utf-8><title>measure</title><script>%s</script>", measure)
	for _, name := range sortedNames(pages) {
		for _, width := range widths {
			fmt.Fprintf(&around, "<iframe name=%q style='width:%dpx;height:800px;border:0' srcdoc=\"%s\"></iframe>", name, width, html.EscapeString(pages[name]))
		}
	}
	folder, err := os.MkdirTemp("", "rollcall-browser") // not t.TempDir: a browser may still tidy up when it has answered
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	file := filepath.Join(folder, "around.html")
	if err := os.WriteFile(file, []byte(around.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + filepath.Join(folder, "profile"),
		"--enable-logging=stderr", "--window-size=1400,900", "--dump-dom"}, flags...)
	ctx, cancel := context.WithTimeout(t.Context(), browserLimit)
	defer cancel()
	command := exec.CommandContext(ctx, browser, append(args, "file://"+file)...)
	var errors strings.Builder
	command.Stderr, command.WaitDelay = &errors, time.Second
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", browser, err, errors.String())
	}
	for line := range strings.Lines(errors.String()) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("console: %s", line)
		}
	}
	result := regexp.MustCompile(`(?s)<pre id="measured">(.*?)</pre>`).FindSubmatch(out)
	if result == nil {
		t.Fatalf("nothing was measured:\n%s", errors.String())
	}
	var found []measured
	if err := json.Unmarshal([]byte(html.UnescapeString(string(result[1]))), &found); err != nil {
		t.Fatal(err)
	}
	if want := len(pages) * len(widths); len(found) != want {
		t.Fatalf("%d pages were measured, want %d", len(found), want)
	}
	return found
}

// longest is a plan whose names are as long as tools take them, without a place to break.
func longest() *plan.Plan {
	name, address := strings.Repeat("Ж", 250), strings.Repeat("x", 240)+"@acme.example"
	p := injected(name)
	p.Target.URL = "https://" + strings.Repeat("acme", 60) + ".testrail.io"
	for _, a := range p.Actions() {
		a.Subject = address
		a.Members = &plan.MemberChange{Add: []plan.Member{{User: directory.Email(address), Source: at("teams/"+name, 12345, 6)}}, Remove: members(strings.Repeat("y", 200), 30)}
		a.Fields = append(a.Fields, changes(plan.FieldEmail, plan.Text("old."+address), plan.Text(address)))
	}
	return counted(p)
}

func TestHTML_inABrowser(t *testing.T) {
	browser := chromium(t)
	pages := htmlPages(t)
	pages["longest"] = planHTML(t, longest())
	status := map[string]apply.Outcome{"a": {Status: apply.Failed, Error: strings.Repeat("Ж", 250), Remarks: []string{strings.Repeat("Ж", 250)}, Started: clock(1), Finished: clock(2), HTTPStatus: 500}}
	long := report(longest(), apply.NotConverged, 5, status)
	long.Run.Account, long.Run.Commit, long.Run.Labels = strings.Repeat("x", 250), strings.Repeat("f", 64), map[string]string{strings.Repeat("l", 250): strings.Repeat("v", 250)}
	pages["longest report"] = reportHTML(t, long)
	for _, scheme := range []struct {
		name   string
		dark   bool
		widths []int
		flag   string
	}{
		{"light", false, []int{360, 1280}, "--blink-settings=preferredColorScheme=1"},
		{"dark", true, []int{360}, "--blink-settings=preferredColorScheme=0"}, // only colours differ
	} {
		t.Run(scheme.name, func(t *testing.T) {
			for _, m := range browse(t, browser, pages, scheme.widths, scheme.flag) {
				if m.Dark != scheme.dark {
					t.Fatalf("%s is dark: %v", m.Page, m.Dark)
				}
				if m.Scrolls > 0 {
					t.Errorf("%s scrolls sideways at %d pixels: it is %d wider", m.Page, m.Width, m.Scrolls)
				}
				if m.Texts < 20 || m.Contrast < 4.5 {
					t.Errorf("%s at %d pixels: %.2f to 1 for %q, of %d texts", m.Page, m.Width, m.Contrast, m.Least, m.Texts)
				}
			}
		})
	}
}
