/** Whether a program of this name is in a folder of PATH. */
export declare function onPath(name: string): boolean;
