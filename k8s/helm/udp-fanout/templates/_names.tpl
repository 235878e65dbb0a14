{{- /* Two daemons cannot share a node, so the names are the chart's and not the release's: every page's commands fit. */ -}}
{{- define "udp-fanout.labels" -}}
app.kubernetes.io/name: udp-fanout
{{- end -}}

{{- define "udp-fanout.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The daemons' account, as a subject of a binding. */ -}}
{{- define "udp-fanout.subjects" -}}
- kind: ServiceAccount
  name: udp-fanout
  namespace: {{ .Release.Namespace }}
{{- end -}}
