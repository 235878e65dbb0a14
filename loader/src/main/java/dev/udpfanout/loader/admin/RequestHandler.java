package dev.udpfanout.loader.admin;

/** Makes the pages. */
interface RequestHandler {
    /** Makes the page for a request. */
    HttpResponse handle(RequestHead request);

    /** Whether only who is on this host may have the page. */
    default boolean isForThisHostOnly(RequestHead request) {
        return false;
    }

    /** Whether the page is made at once, without a look at the kernel or at endpoints: by the server's own thread. */
    default boolean isQuick(RequestHead request) {
        return false;
    }
}
