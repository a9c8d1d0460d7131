// Reads the codes in a picture, for browsers without a reader of their own. Fetched when the camera is opened.
av.decode = ({ data, width, height }) => {
  const found = jsQR(data, width, height, { inversionAttempts: "dontInvert" });
  return found?.data ? [found.data] : [];
};
