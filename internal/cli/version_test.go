package cli_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"rollcall/internal/cli"
)

func TestMain_versionSaysWhatItWasBuiltOf(t *testing.T) {
	const hash = "4f1d9ab2c07e5566778899aabbccddeeff001122"
	built := runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH
	inJSON := fmt.Sprintf(",\n  \"go\": %q,\n  \"platform\": %q\n}\n", runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	at := time.Date(2026, 11, 23, 0, 44, 10, 0, time.FixedZone("", 3600))
	for _, tt := range []struct {
		name   string
		commit cli.Commit
		text   string
		json   string
	}{
		{"a clean commit, whose day is that of UTC", cli.Commit{Hash: hash, Time: at},
			"rollcall v1.2.0 (commit 4f1d9ab2c07e of 2026-11-22, " + built + ")\n",
			"{\n  \"version\": \"v1.2.0\",\n  \"commit\": \"" + hash + "\",\n  \"date\": \"2026-11-22T23:44:10Z\",\n  \"modified\": false" + inJSON},
		{"a dirty tree says so", cli.Commit{Hash: hash, Time: at, Modified: true},
			"rollcall v1.2.0 (commit 4f1d9ab2c07e of 2026-11-22 and changes that are not in it, " + built + ")\n",
			"{\n  \"version\": \"v1.2.0\",\n  \"commit\": \"" + hash + "\",\n  \"date\": \"2026-11-22T23:44:10Z\",\n  \"modified\": true" + inJSON},
		{"a build outside of version control has no commit", cli.Commit{},
			"rollcall v1.2.0 (" + built + ")\n", "{\n  \"version\": \"v1.2.0\",\n  \"modified\": false" + inJSON},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for format, want := range map[string]string{"text": tt.text, "json": tt.json} {
				env, stdout, stderr := inMemory("version", "--format", format)
				env.Version, env.Commit = "v1.2.0", tt.commit
				if code := cli.Main(env); code != 0 || stdout.String() != want {
					t.Errorf("exit code %d\n%swant\n%s%s", code, stdout, want, stderr)
				}
			}
		})
	}
}
