package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.MirrorConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The annotation {@code mirror}: whose endpoints get copies. It is a Service of the same namespace, so that who may
 * annotate a Service sends copies nowhere where he could not send datagrams.
 *
 * @param service its name
 * @param sample of how many datagrams one is copied: 1 for all
 */
record ServiceMirror(String service, int sample) {
    private static final Pattern TEXT = Pattern.compile("([a-z]([-a-z0-9]{0,61}[a-z0-9])?)(?:/(\\d{1,7}))?");

    /** @throws RefusedServiceException if the text is no such thing */
    static ServiceMirror read(String text) throws RefusedServiceException {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            int sample = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
            if (sample >= 1 && sample <= MirrorConfig.MAX_SAMPLE) {
                return new ServiceMirror(matcher.group(1), sample);
            }
        }
        throw new RefusedServiceException(ServiceAnnotations.MIRROR + ": \"" + AnnotationText.shortened(text)
                + "\" is no mirror; write SERVICE or SERVICE/SAMPLE, a Service of this namespace and 1 to "
                + MirrorConfig.MAX_SAMPLE);
    }
}
