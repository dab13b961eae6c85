/**
 * Node.js hands its permission model on to each program of Node.js that a process starts. What an `exec` node starts
 * is a program of its own, which a stock Node-RED would not confine, and one that is not Node.js is not confined anyway.
 */
export function freeChildren(): void {
  const others = process.execArgv.filter((argument) => !/^--(?:permission$|allow-)/.test(argument));
  process.execArgv.splice(0, process.execArgv.length, ...others);
}
