// How a filled form is cut into requests: the XML goes with each, the files are shared out, so that on a bad
// network a request that breaks costs little.

/** The part of a request that holds the answers. */
export const XML = "xml_submission_file";
const MOST = 5_000_000; // bytes, what the node tells phones; a larger file goes alone

/** @param {FormData} data with the XML and each file under its name; a list of lists of [name, content]. */
export function parts(data) {
  const xml = [XML, data.get(XML)];
  const made = [[xml]];
  let left = MOST - xml[1].size;
  for (const [name, content] of data.entries()) {
    if (name === XML) continue;
    if (content.size > left && made.at(-1).length > 1) {
      made.push([xml]);
      left = MOST - xml[1].size;
    }
    made.at(-1).push([name, content]);
    left -= content.size;
  }
  return made;
}
