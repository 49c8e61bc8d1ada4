package org.msgr2.session.planted;

/**
 * A mistake that a maintainer could make, planted into one method of the production code.
 *
 * @param name of the mistake
 * @param loss what a user would see of it
 * @param className binary, without {@code org.msgr2.}
 * @param method its name; the class has one of that name
 * @param rewriting what makes the method wrong
 */
record PlantedBug(String name, String loss, String className, String method, Rewriting rewriting) {
    String binaryName() {
        return "org.msgr2." + className;
    }

    /** For people. */
    String where() {
        return className.substring(className.lastIndexOf('.') + 1) + "." + method;
    }
}
