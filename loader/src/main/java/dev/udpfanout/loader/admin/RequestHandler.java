package dev.udpfanout.loader.admin;

/** Makes the pages. */
interface RequestHandler {
    /** Makes the page for a request. */
    HttpResponse handle(RequestHead request);

    /** Whether the page is made at once, without a look at the kernel or at endpoints: by the server's own thread. */
    default boolean isQuick(RequestHead request) {
        return false;
    }
}
