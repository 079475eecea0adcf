package ci_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Types and settings are checked by .ci/examples, with the code of Kubernetes. Here the containers run, as processes.

type container struct {
	Args []string
	Env  []struct{ Name, Value string }
}

type podTemplate struct {
	Spec struct{ Containers []container }
}

// containers returns the container of each document of a file.
func containers(t *testing.T, name string) []container {
	t.Helper()
	var all []container
	for _, text := range strings.Split(readFile(t, "kubernetes", name), "\n---\n") {
		var d struct {
			Kind string
			Spec struct {
				Template    podTemplate
				JobTemplate struct {
					Spec struct{ Template podTemplate }
				} `yaml:"jobTemplate"`
			}
		}
		if err := yaml.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		template := d.Spec.Template
		if d.Kind == "CronJob" {
			template = d.Spec.JobTemplate.Spec.Template
		}
		all = append(all, template.Spec.Containers...)
	}
	return all
}

// run runs a container with its volumes in a folder, and returns its exit code and its log.
func (c container) run(t *testing.T, i instance, volumes string) (code int, said string) {
	t.Helper()
	env := []string{"HOME=/nonexistent"}
	for _, e := range c.Env {
		switch value := e.Value; e.Name {
		case "TESTRAIL_URL":
			env = append(env, e.Name+"="+i.url)
		case "TESTRAIL_USER":
			env = append(env, e.Name+"="+simUser)
		default:
			env = append(env, e.Name+"="+filepath.Join(volumes, value))
		}
	}
	command := []string{rollcallBinary()}
	for _, arg := range c.Args {
		if strings.HasPrefix(arg, "/") {
			arg = filepath.Join(volumes, arg)
		}
		command = append(command, arg)
	}
	return shell(t, volumes, env, command...)
}

func TestKubernetes(t *testing.T) {
	t.Parallel()
	needs(t)
	i := simulator(t)
	volumes := t.TempDir()
	for name, text := range map[string]string{"roster/users.yaml": readFile(t, "../small-team/users.yaml"), "key/api-key": simKey, "plan/plan.json": ""} {
		path := filepath.Join(volumes, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	drift, apply := containers(t, "drift.yaml"), containers(t, "apply.yaml")
	if len(drift) != 2 || len(apply) != 1 {
		t.Fatalf("%d containers of drift and %d of apply", len(drift), len(apply))
	}
	for _, c := range drift {
		if code, said := c.run(t, i, volumes); code != 2 {
			t.Errorf("drift: exit code %d\n%s", code, said)
		}
	}
	plan := []string{rollcallBinary(), "plan", "--file", "roster/users.yaml", "--out", "plan/plan.json"}
	if code, said := shell(t, volumes, i.environment(), plan...); code != 0 {
		t.Fatalf("plan: exit code %d\n%s", code, said)
	}
	code, said := apply[0].run(t, i, volumes)
	if last := said[strings.LastIndex(strings.TrimSpace(said), "\n")+1:]; code != 0 || !strings.Contains(last, `"type":"run_finished"`) {
		t.Errorf("apply: exit code %d, and the log ends with\n%s", code, last)
	}
	for _, c := range drift {
		if code, said := c.run(t, i, volumes); code != 0 {
			t.Errorf("in sync: exit code %d\n%s", code, said)
		}
	}
}
