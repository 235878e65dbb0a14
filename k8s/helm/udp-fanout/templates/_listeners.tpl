{{- /*
The listeners as the ConfigMap has them: what a listener does not say follows from the way in. Returns {"listeners": […]} as YAML.
*/ -}}
{{- define "udp-fanout.listeners" -}}
{{- $listeners := list -}}
{{- range .Values.config.listeners -}}
{{- $listeners = append $listeners (include "udp-fanout.listener" (dict "root" $ "listener" .) | fromYaml) -}}
{{- end -}}
{{- dict "listeners" $listeners | toYaml -}}
{{- end -}}

{{- define "udp-fanout.listener" -}}
{{- $values := .root.Values -}}
{{- $listener := omit (deepCopy .listener) "port" -}}
{{- if not $listener.bind -}}
{{- $address := get (dict "metallb" $values.dummy.address "host-network" "0.0.0.0" "vip-direct" "vip") $values.wayIn -}}
{{- if contains ":" $address -}}{{- $address = printf "[%s]" $address -}}{{- end -}}
{{- $_ := set $listener "bind" (printf "%s:%d" $address (int .listener.port)) -}}
{{- end -}}
{{- if not (or $listener.interface $listener.interfaces) -}}
{{- $_ := set $listener "interface" (ternary $values.dummy.interface $values.nic (eq $values.wayIn "metallb")) -}}
{{- end -}}
{{- if and (not $listener.attach) (include "udp-fanout.isDummy" $listener.interface) -}}
{{- /* With clsact "tc" shows the program on every kernel, as in the guide. */ -}}
{{- $_ := set $listener "attach" "clsact" -}}
{{- end -}}
{{- $release := .root.Release.Namespace -}}
{{- range list $listener (default (dict) $listener.mirror) -}}
{{- if .kubernetes -}}
{{- $_ := set . "kubernetes" (merge (dict) .kubernetes (dict "namespace" $release)) -}}
{{- end -}}
{{- end -}}
{{- if and (ne $values.wayIn "host-network") (not $listener.publish) -}}
{{- $_ := set $listener "publish" (dict "service" $values.service.name) -}}
{{- end -}}
{{- if $listener.publish -}}
{{- $_ := set $listener "publish" (merge (dict) $listener.publish (dict "namespace" $release)) -}}
{{- end -}}
{{- toYaml $listener -}}
{{- end -}}

{{- /* "true" for a dummy interface, which the daemon sets up; else empty. */ -}}
{{- define "udp-fanout.isDummy" -}}
{{- if regexMatch "^dummy[0-9]+$" (default "" .) -}}true{{- end -}}
{{- end -}}

{{- /* The number behind the last colon. */ -}}
{{- define "udp-fanout.portOf" -}}
{{- regexFind "[0-9]+$" . -}}
{{- end -}}

{{- /* The namespaces in which the daemons find receivers, once each: {"namespaces": […]}. */ -}}
{{- define "udp-fanout.receivers.namespaces" -}}
{{- $namespaces := list -}}
{{- range (include "udp-fanout.listeners" . | fromYaml).listeners -}}
{{- range list . (default (dict) .mirror) -}}
{{- if .kubernetes -}}{{- $namespaces = append $namespaces .kubernetes.namespace -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- dict "namespaces" (uniq $namespaces) | toYaml -}}
{{- end -}}

{{- /* The namespaces of the Services that have the VIPs, once each; the release's if there is none: {"namespaces": […]}. */ -}}
{{- define "udp-fanout.publish.namespaces" -}}
{{- $namespaces := list -}}
{{- range (include "udp-fanout.listeners" . | fromYaml).listeners -}}
{{- if .publish -}}{{- $namespaces = append $namespaces .publish.namespace -}}{{- end -}}
{{- end -}}
{{- dict "namespaces" (default (list .Release.Namespace) (uniq $namespaces)) | toYaml -}}
{{- end -}}
