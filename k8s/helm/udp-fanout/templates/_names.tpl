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

{{- /*
What a container asks for: what the values do not say follows from whether annotated Services are served, whose memory docs/services.md has
measured; the Java heap is half of the limit.
*/ -}}
{{- define "udp-fanout.resources" -}}
{{- $memory := dict "request" "192Mi" "limit" "256Mi" -}}
{{- if hasKey .Values.config "services" -}}
{{- $memory = dict "request" "256Mi" "limit" "384Mi" -}}
{{- end -}}
{{- $wanted := dict "requests" (dict "cpu" "50m" "memory" $memory.request) "limits" (dict "memory" $memory.limit) -}}
{{- mergeOverwrite $wanted (deepCopy .Values.resources) | toYaml -}}
{{- end -}}
