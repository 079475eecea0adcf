// Package examplescheck checks examples of other vendors' files by those vendors' own code. It is a module of its own, so
// that none of that becomes a dependency of rollcall.
package examplescheck

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

const kubernetes = "../../examples/ci/kubernetes"

// documents returns the documents of a file of the Kubernetes examples.
func documents(t *testing.T, name string) [][]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(kubernetes, name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(text, []byte("\n---\n"))
}

// strict decodes a document into the type of its vendor: an unknown field, or one that is there twice, is an error.
func strict(t *testing.T, document []byte, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict(document, into); err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
}

func TestKubernetes_filesAreKnown(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(kubernetes, "*.yaml"))
	if err != nil || len(files) != 2 {
		t.Fatalf("files %q, %v: each needs a test here", files, err)
	}
}

func TestKubernetes_drift(t *testing.T) {
	var targets []string
	for _, document := range documents(t, "drift.yaml") {
		var c batchv1.CronJob
		strict(t, document, &c)
		kind(t, c.TypeMeta, "CronJob")
		if c.Spec.ConcurrencyPolicy != batchv1.ForbidConcurrent || c.Spec.StartingDeadlineSeconds == nil || c.Spec.TimeZone == nil {
			t.Errorf("%s: runs side by side, or without a deadline or time zone: %+v", c.Name, c.Spec)
		}
		target := c.Labels["rollcall/target"]
		if c.Name != "rollcall-drift-"+target {
			t.Errorf("%s is the one of target %q", c.Name, target)
		}
		if slices.Contains(targets, target) {
			t.Errorf("target %s has two", target)
		}
		targets = append(targets, target)
		pod(t, c.Name, target, &c.Spec.JobTemplate.Spec)
		if strings.Contains(strings.Join(c.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Args, " "), "apply") {
			t.Errorf("%s applies by the clock", c.Name)
		}
	}
	if len(targets) < 2 {
		t.Errorf("targets %q are no fleet", targets)
	}
}

func TestKubernetes_apply(t *testing.T) {
	var j batchv1.Job
	strict(t, documents(t, "apply.yaml")[0], &j)
	kind(t, j.TypeMeta, "Job")
	target := j.Labels["rollcall/target"]
	if j.Name != "rollcall-apply-"+target || j.GenerateName != "" {
		t.Errorf("%s: the name is the lock of the target", j.Name)
	}
	pod(t, j.Name, target, &j.Spec)
	if grace := j.Spec.Template.Spec.TerminationGracePeriodSeconds; grace == nil || *grace < 30 {
		t.Error("a pod that has to go does not get the time to write its report")
	}
	if j.Spec.Template.Annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] != "false" {
		t.Error("the cluster may end an apply to save a node")
	}
}

func kind(t *testing.T, m metav1.TypeMeta, want string) {
	t.Helper()
	if m.APIVersion != batchv1.SchemeGroupVersion.String() || m.Kind != want {
		t.Errorf("%s %s, want %s", m.APIVersion, m.Kind, want)
	}
}

var image = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)

// pod checks what every pod of rollcall is held to: no privilege, no second try, the key as a file of its own target.
func pod(t *testing.T, name, target string, j *batchv1.JobSpec) {
	t.Helper()
	spec := j.Template.Spec
	if j.BackoffLimit == nil || *j.BackoffLimit != 0 || spec.RestartPolicy != corev1.RestartPolicyNever || j.ActiveDeadlineSeconds == nil {
		t.Errorf("%s: it is tried again, or has no end", name)
	}
	if s := spec.SecurityContext; s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.SeccompProfile == nil {
		t.Errorf("%s: it may be root, or call what it likes", name)
	}
	if spec.AutomountServiceAccountToken == nil || *spec.AutomountServiceAccountToken {
		t.Errorf("%s: it gets a token of the cluster", name)
	}
	if len(spec.Containers) != 1 {
		t.Fatalf("%s: %d containers", name, len(spec.Containers))
	}
	c := spec.Containers[0]
	s := c.SecurityContext
	if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation ||
		s.Capabilities == nil || !slices.Contains(s.Capabilities.Drop, "ALL") {
		t.Errorf("%s: it may write, or gain rights: %+v", name, s)
	}
	if !image.MatchString(c.Image) {
		t.Errorf("%s: image %s is not pinned", name, c.Image)
	}
	if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
		t.Errorf("%s: it may take all of a node", name)
	}
	for _, e := range c.Env {
		if e.Name == "TESTRAIL_API_KEY" || e.ValueFrom != nil {
			t.Errorf("%s: a secret is in the environment: %s", name, e.Name)
		}
		if e.Name == "TESTRAIL_URL" && !strings.Contains(e.Value, target) {
			t.Errorf("%s: it asks %s", name, e.Value)
		}
	}
	mounted := map[string]bool{}
	for _, m := range c.VolumeMounts {
		mounted[m.Name] = m.ReadOnly
	}
	for _, v := range spec.Volumes {
		if !mounted[v.Name] {
			t.Errorf("%s: volume %s is not mounted, or can be written", name, v.Name)
		}
		source := ""
		switch {
		case v.Secret != nil:
			source = v.Secret.SecretName
		case v.ConfigMap != nil:
			source = v.ConfigMap.Name
		}
		if !strings.HasSuffix(source, "-"+target) {
			t.Errorf("%s: volume %s is %q, of another target", name, v.Name, source)
		}
	}
}
